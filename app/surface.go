package app

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// surface fills the window with the present page, and tells when the panel's
// size has changed, because pages are drawn for a size.
type surface struct {
	widget.BaseWidget
	page        fyne.CanvasObject
	probe       *canvas.Raster // tells when the toolkit paints; nil: nobody asks
	asked       []func()
	resized     func()
	hidePointer bool
	keys        *keys // nil: no key does anything
}

func newSurface(resized func(), keys *keys) *surface {
	s := &surface{resized: resized, keys: keys}
	s.ExtendBaseWidget(s)
	return s
}

// set shows another page. The toolkit keeps what it has drawn of an object for a
// minute after it was last seen; refreshing the page that goes frees that with
// the next painting, or a child playing with the panel would fill the memory.
func (s *surface) set(page fyne.CanvasObject) {
	if s.page != nil {
		canvas.Refresh(s.page)
	}
	s.page = page
	page.Resize(s.Size())
	s.Refresh()
}

// whenPainted calls f once, as soon as the toolkit makes a picture of what is set
// next: it asks an object it has not painted yet for its pixels then.
func (s *surface) whenPainted(f func()) {
	s.asked = append(s.asked, f)
	if len(s.asked) > 1 {
		return
	}
	nothing := image.NewNRGBA(image.Rect(0, 0, 1, 1))
	s.probe = canvas.NewRaster(func(int, int) image.Image {
		asked := s.asked
		s.asked = nil
		for _, f := range asked {
			f()
		}
		return nothing
	})
	s.probe.Resize(fyne.NewSize(1, 1))
}

// Cursor hides the pointer on a touch panel.
func (s *surface) Cursor() desktop.Cursor {
	if s.hidePointer {
		return desktop.HiddenCursor
	}
	return desktop.DefaultCursor
}

// CreateRenderer is called by the toolkit.
func (s *surface) CreateRenderer() fyne.WidgetRenderer { return &surfaceRenderer{s: s} }

type surfaceRenderer struct {
	s    *surface
	size fyne.Size
}

func (r *surfaceRenderer) Layout(size fyne.Size) {
	if size != r.size {
		r.size = size
		r.s.resized()
	}
	if r.s.page != nil {
		r.s.page.Resize(size)
	}
}

// MinSize is small on purpose: the window decides, not the page.
func (r *surfaceRenderer) MinSize() fyne.Size { return fyne.NewSize(320, 320) }
func (r *surfaceRenderer) Refresh()           { canvas.Refresh(r.s) }
func (r *surfaceRenderer) Destroy()           {}
func (r *surfaceRenderer) Objects() []fyne.CanvasObject {
	if r.s.page == nil {
		return nil
	}
	if r.s.probe != nil {
		return []fyne.CanvasObject{r.s.page, r.s.probe}
	}
	return []fyne.CanvasObject{r.s.page}
}
