package label

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

const (
	sscc  = "340123450000000017"
	gtin  = "04012345123456"
	usps  = "9400100000000000000006"
	fnc1  = "\x1D"
	s10   = "RR123456785GB"
	brown = "1Z999AA10123456784"
)

func TestLabelsAreToldApart(t *testing.T) {
	for _, c := range []struct {
		name, text string
		kind       Kind
		want       string // its text
		elements   []Element
	}{
		{"an SSCC as element string", "00" + sscc, SSCC, sscc, nil},
		{"an SSCC from a GS1-128", "]C100" + sscc, SSCC, sscc, nil},
		{"an SSCC from a GS1 Data Matrix", "]d200" + sscc, SSCC, sscc, nil},
		{"an SSCC from a GS1 QR", "]Q300" + sscc, SSCC, sscc, nil},
		{"an SSCC with its FNC1 passed on", fnc1 + "00" + sscc, SSCC, sscc, nil},
		{"an SSCC as printed", "(00) 3 4012345 000000001 7", SSCC, sscc, nil},
		{"an SSCC alone", sscc, SSCC, sscc, nil},
		{"the SSCC of the GS1 examples", "00106141412345678908", SSCC, "106141412345678908", nil},
		{"an SSCC with the postal code", "]C100" + sscc + "42110002", GS1, "00" + sscc + "42110002",
			[]Element{{"00", sscc}, {"421", "10002"}}},
		{"an SSCC with more, from a reader that tells nothing", "00" + sscc + "420" + "10002", GS1,
			"00" + sscc + "42010002", []Element{{"00", sscc}, {"420", "10002"}}},
		{"an article with batch and expiry", "]d201" + gtin + "10AB-1" + fnc1 + "17270131", GS1,
			"01" + gtin + "10AB-1" + fnc1 + "17270131",
			[]Element{{"01", gtin}, {"10", "AB-1"}, {"17", "270131"}}},
		{"a separator behind a length that is laid down", "]d201" + gtin + fnc1 + "2142", GS1,
			"01" + gtin + fnc1 + "2142", []Element{{"01", gtin}, {"21", "42"}}},
		{"a weight", "]C13102001750", GS1, "3102001750", []Element{{"3102", "001750"}}},
		{"a separator that ends everything", "]C100" + sscc + fnc1, SSCC, sscc, nil},
		{"GTIN-8", "96385074", GTIN, "96385074", nil},
		{"GTIN-12", "036000291452", GTIN, "036000291452", nil},
		{"GTIN-13", "]E04006381333931", GTIN, "4006381333931", nil},
		{"GTIN-14", gtin, GTIN, gtin, nil},
		{"a postal item", s10, S10, s10, nil},
		{"a postal item with rest 2", "RN473124829TH", S10, "RN473124829TH", nil},
		{"a postal item whose check digit ten stands for 0", "RA000040000CN", S10, "RA000040000CN", nil},
		{"a postal item whose check digit eleven stands for 5", "RA000000005CN", S10, "RA000000005CN", nil},
		{"a postal item as printed", "rr 123 456 785 gb", S10, s10, nil},
		{"a Digital Link with an SSCC", "https://id.gs1.org/00/" + sscc, Link, "https://id.gs1.org/00/" + sscc,
			[]Element{{"00", sscc}}},
		{"a Digital Link below a shop's path", "https://example.com/shop/01/" + gtin + "/21/A%2F7?17=270131&x=y", Link,
			"https://example.com/shop/01/" + gtin + "/21/A%2F7?17=270131&x=y", []Element{
				{"01", gtin}, {"21", "A/7"}, {"17", "270131"},
			}},
		{"a Digital Link with a short article number", "HTTPS://example.com/01/4006381333931", Link,
			"HTTPS://example.com/01/4006381333931", []Element{{"01", "04006381333931"}}},
		{"the US mail behind a postal code", "42010002" + usps, GS1, "42010002" + usps,
			[]Element{{"420", "10002"}, {"94", usps[2:]}}},
		{"the US mail with its separator", "]C142010002" + fnc1 + usps, GS1, "42010002" + fnc1 + usps,
			[]Element{{"420", "10002"}, {"94", usps[2:]}}},
		{"a carrier's letters and digits", "JJD000390007882823426", Carrier, "JJD000390007882823426", nil},
		{"a parcel of UPS", brown, Carrier, brown, nil},
		{"twelve digits that are no article", "036000291453", Carrier, "036000291453", nil},
		{"a carrier's number in a GS1 symbol", "]C1H1002360", Carrier, "H1002360", nil},
		{"brackets that are no element string", "(A)12", Carrier, "(A)12", nil},
		{"a bracket that begins with ]", "]y9ABC", Carrier, "]y9ABC", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Parse(c.text)
			if err != nil || got.Kind != c.kind || got.Text != c.want || !slices.Equal(got.Elements, c.elements) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestAWrongCheckDigitIsAMisreadAndNothingElseIs(t *testing.T) {
	for _, c := range []struct {
		name, text string
		misread    bool
		said       string
	}{
		{"an SSCC", "00340123450000000018", true, "SSCC"},
		{"two digits of an SSCC swapped", "00341023450000000017", true, "SSCC"},
		{"an SSCC as printed", "(00)340123450000000018", true, "SSCC"},
		{"an SSCC in a GS1-128 with more", "]C100340123450000000018" + "42110002", true, "SSCC"},
		{"an article in a GS1 symbol", "]d20104012345123457", true, "article"},
		{"a postal item", "RR123456784GB", true, "postal"},
		{"two digits of a postal item swapped", "RR132456785GB", true, "postal"},
		{"a parcel of UPS", "1Z999AA10123456785", true, "check digit"},
		{"a Digital Link", "https://id.gs1.org/00/340123450000000018", true, "SSCC"},
		{"nothing", " \r\n", false, "nothing"},
		{"a control character", "AB\x07C", false, "characters"},
		{"Chinese", "包裹", false, "characters"},
		{"words", "hello world", false, "spaces"},
		{"a web address", "https://example.com/menu", false, "web address"},
		{"600 characters", strings.Repeat("1", 600), false, "too long"},
		{"an element string whose separator was lost", "]d210" + strings.Repeat("A", 21) + fnc1 + "2142", false,
			"(10) has 1 to 20"},
		{"an identifier nobody knows", "A" + fnc1 + "B", false, "not known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(c.text)
			var m *Misread
			if err == nil || errors.As(err, &m) != c.misread || !strings.Contains(err.Error(), c.said) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestCheckDigitsCatchEveryWrongDigitAndTheSwapsTheyCan(t *testing.T) {
	for _, c := range []struct {
		name   string
		number string
		right  func(string) bool
		first  int
	}{
		{"GS1", sscc, checksGS1, 0},
		{"S10", s10, func(s string) bool { return isS10(s) && checksS10(s) }, 2},
		{"the US mail", usps, checksGS1, 0},
	} {
		if !c.right(c.number) {
			t.Errorf("%s: %s is right", c.name, c.number)
		}
		for i := c.first; i < len(c.number) && c.number[i] >= '0' && c.number[i] <= '9'; i++ {
			for d := byte('0'); d <= '9'; d++ {
				wrong := c.number[:i] + string(d) + c.number[i+1:]
				if wrong != c.number && c.right(wrong) && !s10Twin(c.name, c.number, i, d) {
					t.Errorf("%s: %s passes", c.name, wrong)
				}
			}
		}
	}
}

// s10Twin tells the two pairs that S10 cannot tell apart: its rests 0 and 6
// give check digit 5, its rests 1 and none other give 0.
func s10Twin(name, number string, i int, d byte) bool {
	if name != "S10" || i == 10 {
		return false
	}
	rest := func(s string) (sum int) {
		for j, w := range [...]int{8, 6, 4, 2, 3, 5, 9, 7} {
			sum += w * int(s[2+j]-'0')
		}
		return sum % 11
	}
	a, b := rest(number), rest(number[:i]+string(d)+number[i+1:])
	return a+b == 6 && a*b == 0
}

func FuzzLabel(f *testing.F) {
	for _, seed := range []string{
		"]C100" + sscc + "42110002", "(00) 3 4012345 000000001 7",
		"https://id.gs1.org/01/" + gtin + "/21/A%2F7?17=270131",
		s10, brown, "42010002" + usps, "]d201" + gtin + "10AB-1\x1D17270131", "(01)(", "]C1", "\x1D\x1D", "31",
		"0036000291452", "http://%zz/00/1",
		"1071804952390002087800925989385163", "]F0A435075176056A", "%000393206219912345678101040",
		`]Q2\000026JJD012345678901234567`,
		"[)>\x1e01\x1d96841706672\x1d840\x1d001\x1d1Z23456784\x1dUPSN\x1d999AA1\x1d015\x1e\x04",
		"\x02019931265099999891ABC0001234501\x03",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := Parse(text)
		if err == nil && (l.Kind == "" || l.Text == "") {
			t.Fatalf("%q: neither a label nor an error: %+v", text, l)
		}
		for i, k := range Keys(text) {
			if k == "" || len(k) > MaxKey || strings.ContainsFunc(k, func(r rune) bool { return r <= ' ' || r > '~' }) {
				t.Fatalf("%q: key %d is %q", text, i, k)
			}
			if Key(k) != k {
				t.Fatalf("%q: its key %q has the key %q", text, k, Key(k))
			}
		}
		if key := Key(text); Key(key) != key || len(key) > len(text) || Key(text) != key {
			t.Fatalf("%q has the key %q, which has the key %q", text, key, Key(key))
		}
		if err == nil && l.Kind == SSCC {
			again, err := Parse("(00)" + l.Text)
			if err != nil || again.Text != l.Text {
				t.Fatalf("%q: %+v, then %+v, %v", text, l, again, err)
			}
		}
		for _, e := range l.Elements {
			if !digits(e.AI) || e.Value == "" {
				t.Fatalf("%q: element %+v", text, e)
			}
		}
	})
}
