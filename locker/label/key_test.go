package label

import (
	"slices"
	"strings"
	"testing"
)

func TestAllSpellingsOfOneLabelHaveOneKey(t *testing.T) {
	for _, c := range []struct {
		name, key string
		spellings []string
	}{
		{"an SSCC", sscc, []string{sscc, "00" + sscc, "(00)" + sscc, "(00) 3 4012345 000000001 7", "]C100" + sscc,
			"]d200" + sscc, "]C0" + sscc, fnc1 + "00" + sscc,
			"00" + sscc + "\r\n", " " + sscc, "]C100" + sscc + "42110002", "(00)" + sscc + "(421)10002",
			"https://id.gs1.org/00/" + sscc}},
		{"a postal item", s10, []string{s10, strings.ToLower(s10), "RR 123 456 785 GB", "]C0" + s10}},
		{"a UPC", "036000291452", []string{"036000291452", "0036000291452", "00036000291452", "]E00036000291452"}},
		{"a short article number", "96385074", []string{"96385074", "000096385074", "00000096385074"}},
		{"an article number of zeros", "00000000", []string{"00000000", "000000000000", "00000000000000"}},
		{"an article with a serial number", "01" + gtin +
			"21A7", []string{"01" + gtin + "21A7", "(01)" + gtin + "(21)A7", "]d201" + gtin + "21A7",
			"]d201" + gtin + "10AB" + fnc1 + "21A7", "]d201" + gtin + "21A7" + fnc1 + "10AB",
			"https://example.com/01/" + gtin + "/21/A7"}},
		{"a consignment", "4014012345ABC", []string{
			"4014012345ABC", "(401)4012345ABC", "]C14014012345ABC", "https://id.gs1.org/401/4012345ABC",
		}},
		{"a shipment", "40240123450000000016", []string{
			"40240123450000000016", "(402)40123450000000016", "]C140240123450000000016",
			"https://id.gs1.org/402/40123450000000016",
		}},
		{"the US mail", usps, []string{
			usps, "42010002" + usps, "]C142010002" + fnc1 + usps, "(420)10002(94)" + usps[2:],
			"9400 1000 0000 0000 0000 06",
		}},
		{"a carrier's number", "JJD000390007882823426",
			[]string{"JJD000390007882823426", "]C0JJD000390007882823426", "]C1JJD000390007882823426"}},
		{"a carrier's digits", "123456789", []string{"123456789", "123 456 789", "]C0123456789"}},
		{"a parcel of UPS", brown, []string{brown, "]C0" + brown}},
		{"a wrong check digit", "00340123450000000018", []string{"00340123450000000018", "]C100340123450000000018"}},
	} {
		for _, spelling := range c.spellings {
			if key := Key(spelling); key != c.key {
				t.Errorf("%s: the key of %q is %q, want %q", c.name, spelling, key, c.key)
			}
			if keys := Keys(spelling); len(keys) == 0 || keys[0] != c.key {
				t.Errorf("%s: the keys of %q are %q, want %q first", c.name, spelling, keys, c.key)
			}
		}
	}
}

func TestLabelsThatAreNotCertainlyTheSameHaveKeysOfTheirOwn(t *testing.T) {
	for _, c := range []struct{ name, a, b string }{
		{"two SSCCs", sscc, "340123450000000024"},
		{"an SSCC and what its digits are with a wrong check digit", "00" + sscc, "00340123450000000018"},
		{"eighteen digits that are no SSCC, with zeros in front", "340123450000000018", "00340123450000000018"},
		{"small and capital letters of a carrier", "abc-1", "ABC-1"},
		{"leading zeros of what is no article", "0123456", "123456"},
		{"an article and one of it with a serial number", gtin, "01" + gtin + "21A7"},
		{"two serial numbers of an article", "01" + gtin + "21A7", "01" + gtin + "21A8"},
		{"a consignment and the digits alone", "(401)4012345ABC", "4012345ABC"},
		{"a postal item of another country", s10, "RR123456785DE"},
		{"what is no label", "", " "},
	} {
		if Key(c.a) == Key(c.b) {
			t.Errorf("%s: %q and %q both have the key %q", c.name, c.a, c.b, Key(c.a))
		}
	}
}

func TestTheKeyOfALinkDoesNotDependOnChance(t *testing.T) {
	const link = "https://example.com/417/4012345000009?420=10002&91=A&92=B&93=C&94=D&00=340123450000000018"
	for range 50 {
		if key := Key(link); key != "91A" {
			t.Fatalf("its key is %q", key)
		}
	}
}

func TestAScanFindsWhatWasAnnouncedUnderAnotherSpelling(t *testing.T) {
	for _, c := range []struct {
		name, scan string
		announced  []string
		not        []string
	}{
		{"an SSCC in all its forms", "]C100" + sscc, []string{"00" + sscc, sscc, "(00)" + sscc}, nil},
		{"an SSCC with routing behind it", "]C100" + sscc + "42110002", []string{"00" + sscc, sscc},
			[]string{"421" + "10002", "10002"}},
		{"an SSCC alone", sscc, []string{sscc, "00" + sscc}, nil},
		{"an SSCC in a Digital Link", "https://id.gs1.org/00/" + sscc,
			[]string{sscc, "00" + sscc, "https://id.gs1.org/00/" + sscc}, nil},
		{"a postal item with spaces", "RR 123 456 785 GB", []string{s10}, nil},
		{"a postal item in small letters", "rr123456785gb", []string{s10}, nil},
		{"a UPC read as EAN", "0036000291452", []string{"036000291452", "0036000291452", "00036000291452"},
			[]string{"36000291452"}},
		{"an EAN read as UPC", "036000291452", []string{"0036000291452"}, nil},
		{"an article with a serial number", "]d201" + gtin + "21A7",
			[]string{"01" + gtin + "21A7", "(01)" + gtin + "(21)A7"}, []string{gtin, "A7"}},
		{"a consignment", "]C14014012345ABC", []string{"4014012345ABC", "4012345ABC"}, nil},
		{"a consignment of which this unit has its own number", "]C100" + sscc + "4014012345ABC", []string{sscc},
			[]string{"4012345ABC"}},
		{"the US mail behind a postal code", "42010002" + usps, []string{usps, "42010002" + usps}, nil},
		{"a carrier's number", "JJD000390007882823426", []string{"JJD000390007882823426"}, nil},
		{"a wrong check digit is not mended", "00340123450000000018", []string{"00340123450000000018"},
			[]string{sscc, "340123450000000018"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			keys := Keys(c.scan)
			for _, want := range c.announced {
				if !slices.Contains(keys, Key(want)) {
					t.Errorf("%q is not among %q", Key(want), keys)
				}
			}
			for _, bad := range c.not {
				if slices.Contains(keys, Key(bad)) {
					t.Errorf("%q is among %q", Key(bad), keys)
				}
			}
		})
	}
	for _, nothing := range []string{
		"", " ", "AB\x07C", "包裹", strings.Repeat("A", MaxKey+1), strings.Repeat("A", MaxScan+1),
	} {
		if keys := Keys(nothing); len(keys) != 0 {
			t.Errorf("%.20q has keys %q", nothing, keys)
		}
	}
}
