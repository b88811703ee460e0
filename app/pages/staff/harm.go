package staff

import (
	"image/color"

	"cubby/app/kit"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// A harm has a form and a colour, and a word beside them.
type harm struct {
	shape string
	tone  color.NRGBA
}

func (h harm) ink() color.NRGBA {
	if h.shape == "" {
		return kit.InkSoft
	}
	return h.tone
}

var harms = map[string]harm{
	"alarm":   {"shape-octagon", kit.Alarm},
	"warning": {"shape-triangle", kit.Warn},
	"notice":  {"shape-info", kit.Accent},
}

// sign is the form of an item's harm; of its kind when it does none.
func sign(item view.StaffItem) fyne.CanvasObject {
	if h, ok := harms[item.Harm]; ok {
		return kit.Sign(h.shape, h.tone)
	}
	return kit.Icon(drawing(item.Kind), kit.Accent)
}

// A look is how a kind of doors is drawn on the wall: a light ground, and a form.
type look struct {
	ground, ink color.NRGBA
	shape       string
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xFF}
}

// looks are those of view.DoorKinds.
var looks = map[string]look{
	"forced":         {rgb(0xF5B9B2), kit.Alarm, "shape-octagon"},
	"to_check":       {rgb(0xFBD9AE), kit.Warn, "shape-triangle"},
	"stuck":          {rgb(0xFBD9AE), kit.Warn, "shape-cross"},
	"ajar":           {rgb(0xFBD9AE), kit.Warn, "shape-ajar"},
	"quarantine":     {rgb(0xEBDCF2), kit.Practice, "shape-diamond"},
	"expired":        {rgb(0xFFF0B0), rgb(0x6B5200), "shape-hourglass"},
	"leaving":        {rgb(0xFFF0B0), rgb(0x6B5200), "shape-arrow"},
	"unreachable":    {rgb(0xDAD7D0), kit.Ink, "shape-slash"},
	"open":           {rgb(0xC9EBF2), rgb(0x0B5768), "shape-open"},
	"out_of_service": {rgb(0xCBC7BE), kit.Ink, "shape-bar"},
	"unknown":        {rgb(0xF2F0EB), kit.Ink, "shape-question"},
	"reserved":       {kit.AccentWash, kit.Accent, "shape-ring"},
	"occupied":       {rgb(0xC3CDF3), kit.Accent, "shape-square"},
	"free":           {kit.GoodWash, kit.Good, "shape-tick"},
}

// lookOf is that of a kind; a neutral one where a newer core has another kind.
func lookOf(kind string) look {
	if l, ok := looks[kind]; ok {
		return l
	}
	return look{kit.Card, kit.InkSoft, "shape-ring"}
}
