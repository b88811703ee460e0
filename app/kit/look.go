package kit

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
)

// The palette. Every pair of text and ground that a page may use is listed in
// Pairs and tested for contrast.
var (
	Paper      = rgb(0xF7F2E9) // the page
	Card       = rgb(0xFFFFFF) // things that lie on the page
	Sand       = rgb(0xE7DFCF) // quiet areas and borders
	Stone      = rgb(0x8C8371) // edges of controls and doors; 3:1 on Paper
	Ink        = rgb(0x1D2733) // text and outlines
	InkSoft    = rgb(0x525B66) // second-rank text
	Accent     = rgb(0x2742B8) // the one thing to do or to look at
	AccentDeep = rgb(0x1B2F8A) // Accent under a finger
	AccentWash = rgb(0xE3E7F8) // ground for Accent text
	OnAccent   = rgb(0xFFFFFF)
	Good       = rgb(0x1B7046) // it worked
	GoodWash   = rgb(0xDDEFE3)
	Warn       = rgb(0x9A3B00) // please act
	WarnWash   = rgb(0xFCE8CF)
	Disabled   = rgb(0xEFE9DC) // ground of a control that cannot be used now
	OnDisabled = rgb(0x6A645A)
	Alarm      = rgb(0xA3160F) // somebody has to come now
	AlarmWash  = rgb(0xF9D9D5)
	Practice   = rgb(0x6A1B8A) // nothing on the page is real
	Parcel     = rgb(0xE9C893) // cardboard, in drawings only
	Dimmed     = color.NRGBA{R: 0x1D, G: 0x27, B: 0x33, A: 0x8C}
	Touched    = color.NRGBA{R: 0x27, G: 0x42, B: 0xB8, A: 0x40} // over a drawing, under a finger
	Clear      = color.NRGBA{}
)

// A Pair is a text colour and the ground it is drawn on.
type Pair struct {
	Name         string
	Text, Ground color.NRGBA
}

// Pairs are all combinations of text and ground that pages use.
var Pairs = []Pair{
	{"ink on paper", Ink, Paper}, {"ink on card", Ink, Card}, {"ink on sand", Ink, Sand},
	{"soft ink on paper", InkSoft, Paper}, {"soft ink on card", InkSoft, Card},
	{
		"accent on paper",
		Accent,
		Paper,
	}, {"accent on card", Accent, Card}, {"accent on its wash", Accent, AccentWash},
	{"label on accent", OnAccent, Accent}, {"label on pressed accent", OnAccent, AccentDeep},
	{"ink on accent wash", Ink, AccentWash},
	{"good on its wash", Good, GoodWash}, {"label on good", OnAccent, Good}, {"good on paper", Good, Paper},
	{
		"warning on its wash",
		Warn,
		WarnWash,
	}, {"label on warning", OnAccent, Warn}, {"warning on paper", Warn, Paper},
	{"ink on warning wash", Ink, WarnWash}, {"ink on good wash", Ink, GoodWash},
	{"disabled label", OnDisabled, Disabled},
	{"label on ink", OnAccent, Ink}, {"warning on card", Warn, Card},
	{"alarm on its wash", Alarm, AlarmWash}, {"alarm on card", Alarm, Card},
	{"ink on alarm wash", Ink, AlarmWash},
	{"label on practice", OnAccent, Practice},
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// Contrast is the WCAG 2 contrast ratio of two opaque colours, 1 to 21.
func Contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

func luminance(c color.NRGBA) float64 {
	lin := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}

// Least sizes of what a finger must hit, in pixels of a 24-inch 1080x1920
// panel (3.7 px/mm): 15 mm for any target, 20 mm for the main action.
const (
	MinTarget  float32 = 56
	MainTarget float32 = 74
)

// A Look is the scale of one panel. All lengths of a page are multiples of its
// unit, so that pages keep their proportions from a 10-inch landscape panel to
// a 24-inch portrait one.
type Look struct {
	Size     fyne.Size
	Portrait bool
	Gate     *Gate  // of what is drawn with it; nil: fingers count at once
	Touched  func() // told when a finger comes down on a button; nil: nobody asks
	unit     float32
	letters  float32 // so much larger is text than usual; 0: not at all
}

// NewLook derives the scale from the panel's size in pixels. The reference is
// 1080 pixels across the short side, where a unit is 8 pixels.
func NewLook(size fyne.Size) Look {
	short := min(size.Width, size.Height)
	if size.Height >= size.Width {
		// A portrait page must also fit from top to bottom.
		short = min(short, size.Height*1080/1720)
	} else {
		short = min(short, size.Width*800/1240)
	}
	k := float32(math.Max(0.55, math.Min(2, float64(short/1080))))
	return Look{Size: size, Portrait: size.Height >= size.Width, unit: 8 * k}
}

// U is n units of the spacing rhythm, in whole pixels.
func (l Look) U(n float32) float32 { return float32(math.Round(float64(n * l.unit))) }

// Target is n units, but never smaller than a finger needs.
func (l Look) Target(n float32) float32 { return max(MinTarget, l.U(n)) }

// Main is n units, but never smaller than the main action needs.
func (l Look) Main(n float32) float32 { return max(MainTarget, l.U(n)) }

// Larger has text a good step larger, for who has asked for it: as much as the pages have
// room for. They keep their places.
func (l Look) Larger() Look {
	l.letters = 0.1
	if l.Portrait {
		l.letters = 0.2
	}
	return l
}

func (l Look) text(n float32) float32 { return l.U(n * (1 + l.letters)) }

// The sizes of text, one scale for all pages.

// Small is for the header and for footnotes.
func (l Look) Small() float32 { return l.text(3.75) }

// Body is for sentences.
func (l Look) Body() float32 { return l.text(4.75) }

// Label is for what stands on a button.
func (l Look) Label() float32 { return l.text(4.75) }

// Lead is for the sentence that matters most.
func (l Look) Lead() float32 { return l.text(5.75) }

// Title is for the one line that says where we are.
func (l Look) Title() float32 { return l.U(9) }

// Radius rounds cards and buttons.
func (l Look) Radius() float32 { return l.U(2.5) }
