/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * svg -- pictures as text on standard output, one element a call. Lengths are pixels, y points down
 * and is written to a tenth, so that the same numbers give the same file.
 */
#ifndef SLUICE_DOCS_PICTURES_SVG_H
#define SLUICE_DOCS_PICTURES_SVG_H

#include <stddef.h>

/* Colours that everybody can tell apart (Okabe and Ito). */
#define SVG_BLUE "#0072b2"
#define SVG_ORANGE "#e69f00"
#define SVG_GREEN "#009e73"
#define SVG_PINK "#cc79a7"
#define SVG_SKY "#56b4e9"
#define SVG_RED "#d55e00"
#define SVG_INK "#222222"
#define SVG_GREY "#6b6b6b"
#define SVG_PALE "#dddddd"

struct svg_point {
    double x;
    double y;
};

enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };

struct svg_style {
    const char *colour;
    double size; /* of text, or width of a line */
    enum svg_anchor anchor;
    int bold; /* text: heavy; line: dashed */
};

void svg_open(double width, double height, const char *title, const char *subtitle);
void svg_close(void);

/* Text as it is: no character that XML reads. */
void svg_text(struct svg_point at, struct svg_style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void svg_line(struct svg_point from, struct svg_point to, struct svg_style style);
void svg_polyline(const struct svg_point *points, size_t n, struct svg_style style);
void svg_dot(struct svg_point at, double radius, const char *colour);
void svg_box(struct svg_point corner, struct svg_point size, const char *colour);

/* The sign to write before the absolute value. */
const char *svg_minus(double v);

/* A band of this thickness through the middles of the points, level at each of them. */
void svg_band(const struct svg_point *points, size_t n, double thickness, const char *colour);

#endif
