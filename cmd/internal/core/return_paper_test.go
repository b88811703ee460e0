package core

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/assets"
	"cubby/cmd/internal/config"
	sim "cubby/hardware/sim/paper"
	"cubby/locker/paper"
)

var update = flag.Bool("update", false, "write what is on paper now to testdata/paper")

func aReturnReceipt(language string) paper.Receipt {
	return paper.Receipt{
		Language: language, Shop: "acme", Case: "R-7K3M-9QPX", Order: "1001",
		Date: time.Date(2026, 12, 1, 9, 30, 0, 0, time.UTC),
		Lines: []paper.Line{{Title: "Blue shirt with a very long name, size M", Quantity: 2, Amount: 3600}, {
			Title: "Kaffee 咖啡", Quantity: 1, Amount: 1890,
		}, {Title: "Ribbon", Quantity: 1, Keep: true}},
		Fee: 490, Shipping: 395, Total: 5395, Currency: "EUR",
		Tenders: []paper.Tender{{Kind: "gift_card", Amount: 1795}, {Kind: "card", Amount: 3600}},
		Taxes:   []paper.Tax{{Rate: 190000, Gross: 3110, Tax: 497}, {Rate: 70000, Gross: 1890, Tax: 124}},
		Bags:    []paper.Bag{{Code: "R-7K3M-9QPX-1", Door: "14"}, {Code: "R-7K3M-9QPX-2"}},
		When:    "after_grading", Way: "original",
	}
}

// papersOn are the papers of the demo with other printers.
func papersOn(t *testing.T, change func(*config.Config)) *papers {
	t.Helper()
	cfg := demo(t)
	cfg.Station.TimeZone = "Europe/Berlin"
	if change != nil {
		change(cfg)
	}
	p, err := newPapers(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// letters is a font for pictures, where somebody looks at them.
func letters(t *testing.T) []byte {
	t.Helper()
	if os.Getenv("PAPER") == "" {
		return nil
	}
	font, err := assets.Font("Regular")
	if err != nil {
		t.Fatal(err)
	}
	return font
}

// golden holds a text against a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "paper", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

// printedOn is what a printer of the simulated site makes of the bytes.
func printedOn(t *testing.T, name string, dots int, chinese bool, data []byte) sim.Piece {
	t.Helper()
	p := sim.NewPrinter(sim.Config{WidthDots: dots, Chinese: chinese, Font: letters(t)})
	p.Feed(data)
	if unknown, lost := p.Complaints(); len(unknown) > 0 || lost > 0 {
		t.Errorf("%s: the printer does not understand %v, and lost %d bytes", name, unknown, lost)
	}
	if all := p.Pieces(); len(all) != 1 || all[0].Cut == "" {
		t.Fatalf("%s: %d pieces", name, len(all))
	}
	keepPicture(t, name, p.PNG)
	return p.Pieces()[0]
}

// keepPicture writes a picture for people to look at, where PAPER names a folder.
func keepPicture(t *testing.T, name string, draw func() ([]byte, error)) {
	t.Helper()
	folder := os.Getenv("PAPER")
	if folder == "" {
		return
	}
	picture, err := draw()
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestReceiptsOfReturnsSayEverythingInTheCustomersLanguage(t *testing.T) {
	for _, c := range []struct {
		name, letters string
		width         int
		receipt       paper.Receipt
	}{
		{"receipt.en", "gb18030", 384, aReturnReceipt("en")},
		{"receipt.zh-Hans", "gb18030", 384, aReturnReceipt("zh-Hans")},
		{"receipt.wide", "pc858", 576, aReturnReceipt("en")},
		{"receipt.no-chinese", "pc437", 384, aReturnReceipt("zh-Hans")}, // in English, for want of letters
		{"receipt.conditional", "gb18030", 384, paper.Receipt{
			Language: "zh-Hans", Case: "R-7K3M-9QPX", Date: time.Date(2026, 12, 1, 9, 30, 0, 0, time.UTC),
			Currency: "CNY",
			Lines:    []paper.Line{{Title: "蓝色衬衫", Quantity: 1, Amount: 19900}}, Total: 19900, Conditional: true,
			When: "after_centre", Bags: []paper.Bag{{Code: "R-7K3M-9QPX-1", Door: "3"}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := papersOn(t, func(k *config.Config) {
				k.Printer.Letters, k.Printer.WidthDots = c.letters, c.width
			})
			for _, again := range []bool{false, true} {
				data, err := p.returnReceipt(c.receipt, again)
				if err != nil {
					t.Fatal(err)
				}
				piece := printedOn(t, c.name, c.width, c.letters == "gb18030", data)
				if !slices.Equal(piece.Codes, []string{"R-7K3M-9QPX"}) {
					t.Errorf("its codes are %v", piece.Codes)
				}
				copied := strings.Contains(piece.Text, "COPY") || strings.Contains(piece.Text, "副本")
				if copied != again {
					t.Errorf("a second printing that says it is a copy: %v", copied)
				}
				if !again {
					golden(t, c.name+".txt", piece.Text)
				}
			}
		})
	}
}

func TestAManifestNamesEverythingInTheTote(t *testing.T) {
	m := paper.Manifest{
		Language: "en", Tote: "T-7K3M-9QPX", To: "to_vendor", By: "Kim",
		Date: time.Date(2026, 12, 1, 9, 30, 0, 0, time.UTC),
		Contents: []paper.Packed{
			{Bag: "R-7K3M-9QPX-1", Case: "R-7K3M-9QPX", Title: "Blue shirt", Quantity: 2},
			{Bag: "R-22MM-9QPX-1", Case: "R-22MM-9QPX", Title: "咖啡机", Quantity: 1},
		},
	}
	for _, language := range []string{"en", "zh-Hans"} {
		p := papersOn(t, nil)
		m.Language = language
		data, err := p.manifest(m, false)
		if err != nil {
			t.Fatal(err)
		}
		piece := printedOn(t, "manifest."+language, 384, true, data)
		golden(t, "manifest."+language+".txt", piece.Text)
	}
	m.Contents = slices.Repeat(m.Contents, 1000)
	p := papersOn(t, nil)
	if data, err := p.manifest(m, false); err != nil || len(data) > 64<<10 ||
		!strings.Contains(string(data), "3000") {
		t.Errorf("a tote of thousands: %d bytes, %v", len(data), err)
	}
}

func TestALabelHasItsBagCodeTwice(t *testing.T) {
	l := paper.Label{
		Language: "zh-Hans", Bag: "R-7K3M-9QPX-1", Case: "R-7K3M-9QPX", Shop: "acme", Goes: "quarantine",
		Date:     time.Date(2026, 12, 1, 9, 30, 0, 0, time.UTC),
		Contents: []paper.Line{{Title: "Blue ^shirt~ size M", Quantity: 2}, {Title: "咖啡机", Quantity: 1}},
	}
	for _, c := range []struct {
		name string
		on   config.LabelPrinter
	}{
		{"label.100", config.LabelPrinter{WidthMM: 100, LengthMM: 150, DotsPerMM: 8}},
		{"label.62", config.LabelPrinter{WidthMM: 62, LengthMM: 60, DotsPerMM: 8}},
		{"label.300-dpi", config.LabelPrinter{WidthMM: 62, LengthMM: 100, DotsPerMM: 12}},
		{"label.zh-Hans", config.LabelPrinter{WidthMM: 100, LengthMM: 150, DotsPerMM: 8, Font: "E:SIMSUN.TTF"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := papersOn(t, func(k *config.Config) { k.LabelPrinter = c.on })
			data, err := p.bagLabel(l, false)
			if err != nil {
				t.Fatal(err)
			}
			s := sim.NewLabeller(letters(t))
			s.Feed(data)
			all := s.Pieces()
			if len(all) != 1 || !slices.Equal(all[0].Codes, []string{l.Bag, l.Bag}) {
				t.Fatalf("%+v", all)
			}
			keepPicture(t, c.name, s.PNG)
			golden(t, c.name+".txt", all[0].Text)
		})
	}
	p := papersOn(t, func(k *config.Config) { k.LabelPrinter.WidthMM = 30 })
	if _, err := p.bagLabel(l, false); err == nil || !strings.Contains(err.Error(), "at least 50 x 45") {
		t.Errorf("on a label that is too small: %v", err)
	}
}
