package console

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// luminance is that of WCAG 2.2.
func luminance(hex string) float64 {
	n, _ := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	channel := func(shift uint) float64 {
		c := float64(n>>shift&255) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestTheColoursCanBeReadInLightAndDark(t *testing.T) {
	css, err := staticFiles.ReadFile("static/console.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(string(css), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d palettes, want one for light and one for dark", len(blocks))
	}
	for i, theme := range []string{"light", "dark"} {
		colour := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(blocks[i][1], -1) {
			colour[m[1]] = m[2]
		}
		pairs := [][2]string{{"on-main", "main"}, {"card", "info"}}
		for _, on := range []string{"back", "card"} {
			for _, text := range []string{"text", "dim", "link", "ok", "bad", "warn", "info", "gray"} {
				pairs = append(pairs, [2]string{text, on})
			}
		}
		for _, kind := range []string{"ok", "bad", "warn", "info", "gray"} {
			pairs = append(pairs, [2]string{kind, kind + "-back"})
		}
		for _, on := range []string{"gray-back", "info-back"} {
			pairs = append(pairs, [2]string{"text", on}, [2]string{"dim", on}, [2]string{"link", on})
		}
		for _, p := range pairs {
			if c := contrast(colour[p[0]], colour[p[1]]); !(c >= 4.5) {
				t.Errorf("%s: --%s on --%s has a contrast of %.2f, want 4.5", theme, p[0], p[1], c)
			}
		}
		for _, on := range []string{"back", "card"} { // what is no text needs 3
			if c := contrast(colour["focus"], colour[on]); !(c >= 3) {
				t.Errorf("%s: the focus on --%s has a contrast of %.2f, want 3", theme, on, c)
			}
		}
	}
}
