// Demo opens the real touchscreen on a core that is only a script: touches
// move a visit from page to page, doors open and close by themselves. It is for
// looking at pages on a real panel, without a station:
//
//	go run -tags x11,migrated_fynedo ./app/demo -width 1080 -height 1920
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"cubby/app"
)

func main() {
	width := flag.Int("width", 1080, "width of the window in pixels")
	height := flag.Int("height", 1920, "height of the window in pixels")
	full := flag.Bool("fullscreen", false, "take the whole monitor")
	begin := flag.String("page", "", "begin with this page of the gallery and stay there")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	script, err := newScript(*begin)
	if err == nil {
		err = app.Run(ctx, app.Config{Core: script, Width: *width, Height: *height, Fullscreen: *full})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}
