package pages_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"cubby/app/kit"
	"cubby/app/pages"
)

// What shops write as the name of a thing is shown on one line, and turns nothing around it.
func TestNamesOfThingsAreCleanedForThePanel(t *testing.T) {
	for text, want := range map[string]string{
		"Rain jacket":          "Rain jacket",
		" two\n\tlines\x00 ":   "two lines",
		"Bed\u202Eemarf\u202C": "Bedemarf",
		"Socks 🧦 and 👨‍👩‍👧‍👦":  "Socks and",
		"🧦":                          "🧦",
		"سترة مطر زرقاء":             "سترة مطر زرقاء",
		"不锈钢保温杯 500ml":               "不锈钢保温杯 500ml",
		"\u2066left\u2069 \uFFFDone": "left one",
	} {
		if got := pages.Clean(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// Nothing is cut within what is seen as one sign.
func TestATextIsCutBetweenSigns(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "",
		"ab":               "a",
		"ae\u0301":         "a",
		"a👨‍👩‍👧‍👦":         "a",
		"a👍🏽":              "a",
		"a🇩🇪":              "a",
		"हिन्दी":           "हिन्",
		"a\u0301\u0323":    "",
		"\u0301":           "",
		"李明":               "李",
		"\xff broken \xfe": "\uFFFD broken ",
	} {
		if got := kit.Shorter(text); got != want || !utf8.ValidString(got) {
			t.Errorf("%q without its last sign is %q, want %q", text, got, want)
		}
	}
	if got := pages.Brief(strings.Repeat("é", 50), 10); got != strings.Repeat("é", 9)+"…" {
		t.Errorf("it is cut to %q", got)
	}
}

// Of a long name the first lines are shown, and dots say that more follows.
func TestALongNameHasItsFirstLines(t *testing.T) {
	dressed(t)
	long := strings.Repeat("A name without thinking ", 20)
	text := kit.NewText(long, 30, true, kit.Ink).Cut().First(2)
	if h := text.HeightFor(400); h > 30*1.32*2+1 {
		t.Errorf("two lines are %.0f pixels high", h)
	}
	show(text, sizes[1])
	whole := kit.NewText("short", 30, true, kit.Ink).Cut().First(2)
	if h := whole.HeightFor(400); h > 30*1.32+1 {
		t.Errorf("one line is %.0f pixels high", h)
	}
}

// Only what the view lists can be touched to agree, and each way says its money.
func TestEachWayOfAnOfferSaysItsMoneyAndAgrees(t *testing.T) {
	d := page(t, "return_offer-all", nil)
	for label, value := range map[string]string{
		"€54.00 back to your card and your gift card: open a door": "original",
		"€56.90 on a gift card: open a door":                       "gift_card",
		"€56.90 as points: open a door":                            "points",
		"Exchange it for a new one: open a door":                   "exchange",
	} {
		*d.sent = nil
		labelled(t, d, label).Tap()
		if len(*d.sent) != 1 || (*d.sent)[0].Name != "pick" || (*d.sent)[0].Value != value {
			t.Errorf("%q sends %v", label, *d.sent)
		}
	}
	plain := said(t, page(t, "return_offer-conditional", nil).page.Object)
	if !strings.Contains(strings.Join(plain, "|"), "The shop has to agree first. We take it in now") {
		t.Errorf("it is not said that the shop has to agree: %q", plain)
	}
}
