// Package kit is what pages are built from: the look (colours, sizes, fonts),
// text that wraps, boxes, and controls made for fingers on a public screen.
//
// Nothing in it can be selected, focused, scrolled, hovered or opened: no entry,
// no hyperlink, no menu, no stock dialog. All of it belongs to the goroutine
// that owns the screen and must be used from there only.
package kit
