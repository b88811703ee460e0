package kit

import (
	"image/color"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// pitch is the distance of two base lines in multiples of the text size. The
// font's own line is 1.45, made for vertical Chinese as well; 1.32 reads better.
const pitch = 1.32

// Text is a paragraph that wraps between words, and between Chinese characters
// where their punctuation allows it. It breaks its lines evenly, so that no
// last word stands alone.
type Text struct {
	widget.BaseWidget
	words string
	size  float32
	bold  bool
	ink   color.Color
	align fyne.TextAlign
	whole bool // stays on one line
	cut   bool // a word that is too wide is cut
	last  int  // only so many lines are shown, the last ones; 0: all
	first int  // only so many lines are shown, the first ones; 0: all
}

// NewText makes a paragraph; size is the text size in pixels.
func NewText(words string, size float32, bold bool, ink color.Color) *Text {
	t := &Text{words: words, size: size, bold: bold, ink: ink}
	t.ExtendBaseWidget(t)
	return t
}

// NewLine makes a text of one line, which asks for the width it needs.
func NewLine(words string, size float32, bold bool, ink color.Color) *Text {
	t := NewText(words, size, bold, ink)
	t.whole = true
	return t
}

// Centred centres every line and returns t.
func (t *Text) Centred() *Text {
	t.align = fyne.TextAlignCenter
	return t
}

// Cut lets a word that is wider than the paragraph be cut anywhere, as names may
// be that somebody has typed into a configuration, and returns t.
func (t *Text) Cut() *Text {
	t.cut = true
	return t
}

// Last has the paragraph show its last lines only, as a field does into which
// somebody types, and returns t.
func (t *Text) Last(lines int) *Text {
	t.last = lines
	return t
}

// First has the paragraph show its first lines only, with dots behind the last of
// them where more would follow, and returns t.
func (t *Text) First(lines int) *Text {
	t.first = lines
	return t
}

// SizeFor is the largest text size up to most at which bold words need no more
// than room on one line.
func SizeFor(words string, most, room float32) float32 {
	if w := NewLine(words, most, true, nil).OneLine(); w > room {
		return max(1, most*room/w)
	}
	return most
}

// Words is what the paragraph says.
func (t *Text) Words() string { return t.words }

// Set changes what the paragraph says. Nothing is painted when it says so already.
func (t *Text) Set(words string) {
	if t.words != words {
		t.words = words
		t.Refresh()
	}
}

// HeightFor is the height of the wrapped paragraph at a width.
func (t *Text) HeightFor(width float32) float32 {
	return t.lineHeight() * float32(max(1, len(t.lines(width))))
}

func (t *Text) lineHeight() float32 { return t.size * pitch }

func (t *Text) style() fyne.TextStyle { return fyne.TextStyle{Bold: t.bold} }

func (t *Text) measure(s string) float32 { return fyne.MeasureText(s, t.size, t.style()).Width }

// OneLine is the width of the paragraph when it is not wrapped.
func (t *Text) OneLine() float32 { return t.measure(t.words) + 1 }

// lines breaks the words at a width. An unbreakable word that is wider than the
// width gets a line of its own and sticks out; a test finds such pages.
func (t *Text) lines(width float32) []string {
	if t.whole {
		return []string{t.words}
	}
	var out []string
	for _, par := range strings.Split(t.words, "\n") {
		out = append(out, t.wrap(pieces(par), width)...)
	}
	if t.last > 0 && len(out) > t.last {
		out = out[len(out)-t.last:]
	}
	if t.first > 0 && len(out) > t.first {
		out = out[:t.first]
		out[t.first-1] = t.dotted(out[t.first-1], width)
	}
	return out
}

// dotted is a line with dots at its end, and as much before them as fits.
func (t *Text) dotted(line string, width float32) string {
	const dots = "…"
	for line != "" && t.measure(line+dots) > width {
		line = strings.TrimRight(Shorter(line), " ")
	}
	return line + dots
}

// Shorter is a text without the last thing that is seen as one sign: a letter with
// its marks, or a picture that is joined of several.
func Shorter(text string) string {
	letters := []rune(text)
	n := len(letters)
	for n > 0 {
		n--
		if n == 0 || !joins(letters[n]) && letters[n-1] != joiner {
			break
		}
	}
	if n > 0 && flag(letters[n]) && flag(letters[n-1]) {
		n-- // two of them are one flag
	}
	return string(letters[:n])
}

// joiner makes one picture of those before and behind it.
const joiner = '\u200D'

// joins reports whether a letter belongs to the one before it: marks, the choice of a
// form, the tone of a skin.
func joins(r rune) bool {
	return unicode.Is(unicode.M, r) || r == joiner || r >= 0x1F3FB && r <= 0x1F3FF
}

func flag(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }

func (t *Text) wrap(parts []string, width float32) []string {
	parts = t.hyphenless(parts, width)
	widths := make([]float32, len(parts))
	for i, p := range parts {
		widths[i] = t.measure(p)
	}
	fit := func(limit float32) []string {
		var lines []string
		line, w := "", float32(0)
		for i, p := range parts {
			if line != "" && w+widths[i]-t.trailing(p) > limit {
				lines = append(lines, strings.TrimRight(line, " "))
				line, w = "", 0
			}
			line += p
			w += widths[i]
		}
		return append(lines, strings.TrimRight(line, " "))
	}
	best := fit(width)
	if len(best) == 1 || t.first > 0 && len(best) > t.first { // what is left out needs no even lines
		return best
	}
	// The narrowest width with as many lines gives even ones.
	lo, hi := width/2, width
	for hi-lo > 4 {
		mid := (lo + hi) / 2
		if lines := fit(mid); len(lines) == len(best) && t.within(lines, mid) {
			best, hi = lines, mid
		} else {
			lo = mid
		}
	}
	return best
}

// hyphenless cuts words that are wider than the paragraph, as the paths of
// devices are, behind the last of their signs that fits or anywhere. Words of a
// language are left whole, unless the paragraph is one that is Cut.
func (t *Text) hyphenless(parts []string, width float32) (out []string) {
	for _, p := range parts {
		for (t.cut || strings.ContainsAny(p, "/:")) && t.measure(p) > width {
			fits, sign := 0, 0
			for i, r := range p {
				if t.measure(p[:i]) > width {
					break
				}
				if fits = i; strings.ContainsRune("/:-_.", r) {
					sign = i
				}
			}
			if sign > 0 {
				fits = sign
			}
			if fits == 0 {
				break
			}
			out, p = append(out, p[:fits]), p[fits:]
		}
		out = append(out, p)
	}
	return out
}

func (t *Text) within(lines []string, width float32) bool {
	for _, l := range lines {
		if t.measure(l) > width+1 {
			return false
		}
	}
	return true
}

func (t *Text) trailing(p string) float32 {
	if strings.HasSuffix(p, " ") {
		return t.measure(" ")
	}
	return 0
}

// noStart are characters that may not begin a line, noEnd those that may not end one.
const (
	noStart = "，。、；：？！）》」』】’”…—·,.;:?!)]}%"
	noEnd   = "（《「『【‘“([{"
)

// pieces splits a paragraph where a line may break. A piece keeps the space that follows it.
func pieces(par string) []string {
	var out []string
	cur := ""
	runes := []rune(par)
	for i, r := range runes {
		cur += string(r)
		if i+1 == len(runes) {
			break
		}
		next := runes[i+1]
		switch {
		case strings.ContainsRune(noStart, next) || strings.ContainsRune(noEnd, r) || next == ' ':
			continue
		case r == ' ', han(r) || han(next) || strings.ContainsRune("，。、；：？！", r):
			out = append(out, cur)
			cur = ""
		}
	}
	return append(out, cur)
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

// CreateRenderer is called by the toolkit.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	return &textRenderer{text: t}
}

type textRenderer struct {
	text    *Text
	objects []fyne.CanvasObject
	drawn   string // what the objects show, so that a refresh without a change paints nothing
	width   float32
}

func (r *textRenderer) Layout(size fyne.Size) {
	if r.drawn == r.text.words && r.width == size.Width && r.objects != nil {
		return
	}
	r.drawn, r.width = r.text.words, size.Width
	lines := r.text.lines(size.Width)
	r.objects = make([]fyne.CanvasObject, len(lines))
	for i, line := range lines {
		c := canvas.NewText(line, r.text.ink)
		c.TextSize = r.text.size
		c.TextStyle = r.text.style()
		w := c.MinSize()
		x := float32(0)
		if r.text.align == fyne.TextAlignCenter {
			x = (size.Width - w.Width) / 2
		}
		// The font's line is taller than the pitch; centring it keeps the letters in their line.
		y := float32(i)*r.text.lineHeight() + (r.text.lineHeight()-w.Height)/2
		c.Move(fyne.NewPos(x, y))
		c.Resize(w)
		r.objects[i] = c
	}
}

func (r *textRenderer) MinSize() fyne.Size {
	if r.text.whole {
		return fyne.NewSize(r.text.OneLine(), r.text.lineHeight())
	}
	w := float32(0)
	for _, p := range pieces(r.text.words) {
		w = max(w, r.text.measure(strings.TrimRight(p, " ")))
	}
	return fyne.NewSize(w, r.text.lineHeight())
}

func (r *textRenderer) Refresh() {
	r.Layout(r.text.Size())
	canvas.Refresh(r.text)
}

func (r *textRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *textRenderer) Destroy()                     {}
