package kit

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
)

// keyRows are the letters of the keyboard, with what names and addresses need.
var keyRows = []string{"1234567890", "qwertyuiop", "asdfghjkl'", "zxcvbnm-.@"}

// NewKeyboard makes keys for letters and digits. They take no focus; press is
// told every key, as a text to append, and back that the last one is taken back.
// shown is what is typed so far: at its start, and after a space, letters are
// capitals, as names have them.
func NewKeyboard(
	look Look,
	space string,
	shown func() string,
	press func(text string),
	back func(),
) *fyne.Container {
	var keys []fyne.CanvasObject
	for _, row := range keyRows {
		for _, r := range row {
			keys = append(keys, NewButton(look, Key, "", strings.ToUpper(string(r)), func() {
				letter := string(r)
				if before := shown(); before == "" || strings.HasSuffix(before, " ") ||
					strings.HasSuffix(before, "-") {
					letter = strings.ToUpper(letter)
				}
				press(letter)
			}))
		}
	}
	wide := NewButton(look, Key, "", space, func() { press(" ") })
	erase := NewButton(look, Key, "backspace", "", back)
	const across = 10
	down := len(keyRows) + 1
	gap := look.U(0.5)
	return &fyne.Container{Objects: append(keys, wide, erase), Layout: &arranged{
		height: func(w float32) float32 {
			key := max(MinTarget, min((w-gap*(across-1))/across, look.U(10)))
			return key*float32(down) + gap*float32(down-1)
		},
		width: func() float32 { return across*MinTarget + (across-1)*gap },
		place: func(s fyne.Size) {
			w, h := (s.Width-gap*(across-1))/across, (s.Height-gap*float32(down-1))/float32(down)
			for i, k := range keys {
				put(k, float32(i%across)*(w+gap), float32(i/across)*(h+gap), w, h)
			}
			y := float32(down-1) * (h + gap)
			put(wide, 0, y, 8*w+7*gap, h)
			put(erase, 8*(w+gap), y, 2*w+gap, h)
		},
	}}
}

// WithoutLast takes the last character of a text away.
func WithoutLast(text string) string {
	_, size := utf8.DecodeLastRuneInString(text)
	return text[:len(text)-size]
}
