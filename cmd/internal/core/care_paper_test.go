package core

import (
	"slices"
	"testing"
	"time"

	"cubby/cmd/internal/config"
	"cubby/locker/care"
)

func TestTheReceiptOfACaseSaysWhatWasNotedAndItsNumber(t *testing.T) {
	for _, language := range []string{"en", "zh-Hans"} {
		for _, kind := range care.Kinds() {
			t.Run(language+" "+string(kind), func(t *testing.T) {
				p := papersOn(t, func(k *config.Config) {
					k.Printer.Letters, k.Printer.WidthDots, k.Station.Phone = "gb18030", 384, "+49 30 1234567"
				})
				for name, again := range map[string]bool{"": false, ".copy": true} {
					data, err := p.caseWritten(care.Print{
						Language: language, Ref: "…4821", Case: care.Case{
							Number: "C-7K3M-90QX", Kind: kind, Door: "14",
							Opened: time.Date(2026, 12, 1, 9, 30, 0, 0, time.UTC),
						},
					}, again)
					if err != nil {
						t.Fatal(err)
					}
					piece := printedOn(t, "case."+string(kind)+"."+language+name, 384, true, data)
					if !slices.Equal(piece.Codes, []string{"C-7K3M-90QX"}) {
						t.Errorf("its codes are %q", piece.Codes)
					}
					if kind == care.Damaged {
						golden(t, "case."+language+name+".txt", piece.Text)
					}
				}
			})
		}
	}
}
