/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "docs/pictures/svg.h"

#include <stdarg.h>
#include <stdio.h>

#define MARGIN 24

void svg_open(double width, double height, const char *title, const char *subtitle)
{
    printf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" "
           "height=\"%.0f\" font-family=\"Helvetica, Arial, sans-serif\">\n<title>%s</title>\n",
           width, height, width, height, title);
    printf("<rect width=\"%.0f\" height=\"%.0f\" rx=\"6\" fill=\"#ffffff\"/>\n", width, height);
    svg_text((struct svg_point){ MARGIN, 34 }, (struct svg_style){ SVG_INK, 18, SVG_START, 1 },
             "%s", title);
    svg_text((struct svg_point){ MARGIN, 55 }, (struct svg_style){ SVG_GREY, 13, SVG_START, 0 },
             "%s", subtitle);
}

void svg_close(void)
{
    printf("</svg>\n");
}

void svg_text(struct svg_point at, struct svg_style style, const char *format, ...)
{
    static const char *const anchors[] = { "start", "middle", "end" };
    va_list list;

    printf("<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.0f\" text-anchor=\"%s\" fill=\"%s\"%s>", at.x,
           at.y, style.size, anchors[style.anchor], style.colour,
           style.bold ? " font-weight=\"bold\"" : "");
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    printf("</text>\n");
}

void svg_line(struct svg_point from, struct svg_point to, struct svg_style style)
{
    printf("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" "
           "stroke-width=\"%.1f\"%s/>\n",
           from.x, from.y, to.x, to.y, style.colour, style.size,
           style.bold ? " stroke-dasharray=\"3 4\"" : "");
}

void svg_polyline(const struct svg_point *points, size_t n, struct svg_style style)
{
    printf("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\" "
           "stroke-linejoin=\"round\" points=\"",
           style.colour, style.size);
    for (size_t i = 0; i < n; i++)
        printf("%s%.1f,%.1f", i == 0 ? "" : " ", points[i].x, points[i].y);
    printf("\"/>\n");
}

void svg_dot(struct svg_point at, double radius, const char *colour)
{
    printf("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\" stroke=\"#ffffff\"/>\n", at.x,
           at.y, radius, colour);
}

void svg_box(struct svg_point corner, struct svg_point size, const char *colour)
{
    printf("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", corner.x,
           corner.y, size.x, size.y, colour);
}

const char *svg_minus(double v)
{
    return v < 0 ? "\u2212" : "";
}

void svg_band(const struct svg_point *points, size_t n, double thickness, const char *colour)
{
    printf("<path fill=\"none\" stroke=\"%s\" stroke-opacity=\"0.62\" stroke-width=\"%.1f\" "
           "d=\"M%.1f %.1f",
           colour, thickness, points[0].x, points[0].y);
    for (size_t i = 1; i < n; i++) {
        double half = (points[i - 1].x + points[i].x) / 2;

        printf(" C%.1f %.1f %.1f %.1f %.1f %.1f", half, points[i - 1].y, half, points[i].y,
               points[i].x, points[i].y);
    }
    printf("\"/>\n");
}
