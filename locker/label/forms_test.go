package label

import (
	"slices"
	"strings"
	"testing"
)

// one reports whether two texts are labels of one parcel.
func one(a, b string) bool {
	return slices.Contains(Keys(a), Key(b)) || slices.Contains(Keys(b), Key(a))
}

// What was announced and what carriers' labels hold, as it was reported from the
// field and as carriers document it.
var printedAs = []struct{ name, announced, scanned string }{
	{"FedEx, 34 digits", "925989385163", "1071804952390002087800925989385163"},
	{"FedEx, 34 digits that begin with 102", "785458233610", "1027590111820004833500785458233610"},
	{"FedEx, 34 digits that begin with 100", "779017972697", "1001921334250001000300779017972697"},
	{"FedEx Ground, 34 digits that begin with 96", "776632517510", "9622001900000000000000776632517510"},
	{"the same in a GS1-128", "794808390594", "]C19622001560000000000000794808390594"},
	{"FedEx, 22 digits that begin with 96", "882227378545377", "9612804882227378545377"},
	{"the same in a GS1-128", "987654312345672", "]C19611020987654312345672"},
	{"FedEx ASTRA", "784917580286", "32971514560102447849175802862014"},
	{"FedEx ASTRA of another day", "784854098080", "32971510360102447848540980802018"},
	{"FedEx with two zeros before", "408017007469", "00408017007469"},
	{"FedEx Ground Economy", "61292700768711948021", "9261292700768711948021"},
	{"Codabar from a reader that names it", "435075176056", "]F0A435075176056A"},
	{"Codabar from one that does not", "435075176056", "A435075176056A"},
	{"Codabar in small letters", "435075176056", "a435075176056a"},
	{"Codabar with two letters", "435075176056", "]F0b435075176056D"},
	{"Codabar with signs inside", "12-34", "]F4A12-34B"},
	{"Interleaved 2 of 5 with a zero before", "1234567", "]I001234567"},
	{"a zero where the check digit would be", "40950000196", "409500001960"},
	{"a check digit more than is printed", "40950000115", "409500001157"},
	{"a license plate behind its data identifier", "JD012345678901234567", "JJD012345678901234567"},
	{"one with a digit before", "JD012345678901234567", "1JJD012345678901234567"},
	{"DPD, 28 characters", "06219912345678", "%000393206219912345678101040"},
	{"DPD, without the sign in front", "06219912345678", "000393206219912345678101040"},
	{"DPD, as it is printed", "06219912345678", "0003932062199123456781010409"},
	{"DPD, with the check character of the number", "06219912345678", "06219912345678D"},
	{"Australia Post", "ABC0001234501000600205", "]C1019931265099999891ABC0001234501000600205"},
	{"Australia Post from a reader that says nothing", "ABC0001234501000600205",
		"019931265099999891ABC0001234501000600205"},
	{"Australia Post in a Data Matrix", "JDQ019457101000960308",
		"]d2019931265099999891JDQ019457101000960308" + fnc1 + "4202190" + fnc1 + "8008250609142233"},
	{"another carrier behind (91)", "ABC12345", "]C101" + gtin + "91ABC12345"},
	{"UPS in small letters", "1z999aa10123456784", brown},
	{"UPS as printed", brown, "1Z 999 AA1 01 2345 6784"},
	{"a postal item as printed", s10, "RR 123 456 785 GB"},
	{"an SSCC with more", sscc, "]C100" + sscc + "42110002"},
}

func TestOneParcelIsKnownByWhateverItsCarrierPrints(t *testing.T) {
	for _, c := range printedAs {
		for _, scanned := range []string{
			c.scanned, "\x02" + c.scanned + "\x03\r\n", c.scanned + "\r\n\r\n", " " + c.scanned + "\t\t",
		} {
			if !one(c.announced, scanned) {
				t.Errorf("%s: %q and %q have the keys %q and %q", c.name, c.announced, scanned, Keys(c.announced),
					Keys(scanned))
			}
			if keys := Keys(scanned); !slices.Contains(keys, Key(c.announced)) {
				t.Errorf("%s: %q is not among %q", c.name, Key(c.announced), keys)
			}
		}
	}
}

func TestAForeignTextThatEndsInAKnownNumberIsNotThatParcel(t *testing.T) {
	for _, c := range []struct{ name, announced, scanned string }{
		{"34 digits without the two zeros before the number", "925989385163", "1071804952390002087812925989385163"},
		{"34 digits whose check digit is wrong", "925989385164", "1071804952390002087800925989385164"},
		{"34 digits that begin with 99", "925989385163", "9971804952390002087800925989385163"},
		{"33 digits", "925989385163", "071804952390002087800925989385163"},
		{"35 digits", "925989385163", "11071804952390002087800925989385163"},
		{"34 digits of the US mail", "925989385163", "4201000212349400100000000000000006"},
		{"the middle of 34 digits", "784917580286", "3297151456010244784917580286201400"},
		{"22 digits that do not begin with 96", "882227378545377", "9512804882227378545377"},
		{"22 digits whose check digit is wrong", "882227378545378", "9612804882227378545378"},
		{"32 digits whose middle does not check", "784917580287", "32971514560102447849175802872014"},
		{"two zeros before a number that does not check", "408017007468", "00408017007468"},
		{"three zeros before", "408017007469", "000408017007469"},
		{"letters round it that Codabar has not", "435075176056", "X435075176056X"},
		{"a letter before it only", "435075176056", "A435075176056"},
		{"letters round a short number of a shop's own", "1001", "A1001A"},
		{"two numbers of a shop's own with letters of Codabar", "A1001001A", "A1001001B"},
		{"another digit where the check digit would be", "40950000196", "409500001965"},
		{"two digits more", "40950000196", "4095000019600"},
		{"a letter before it that is no data identifier", "JD012345678901234567", "KJD012345678901234567"},
		{"a digit before it that none begins with", "JD012345678901234567", "7JJD012345678901234567"},
		{"28 characters without the sign of DPD", "06219912345678", "X000393206219912345678101040"},
		{"28 characters whose country is none", "06219912345678", "%00039320621991234567810104A"},
		{"a number of DPD with a wrong check character", "06219912345678", "06219912345678E"},
		{"a short mark behind (91)", "AB1", "]C101" + gtin + "91AB1"},
		{"a batch", "ABC12345", "]C101" + gtin + "10ABC12345"},
		{"small letters of a carrier that has no rule for them", "abc12345", "ABC12345"},
	} {
		if one(c.announced, c.scanned) {
			t.Errorf("%s: %q and %q are one parcel: %q and %q", c.name, c.announced, c.scanned, Keys(c.announced),
				Keys(c.scanned))
		}
	}
}

func TestEveryFormHasItsSourceAndACase(t *testing.T) {
	for _, f := range forms {
		if f.name == "" || f.source == "" {
			t.Errorf("%q has the source %q", f.name, f.source)
		}
		used := slices.ContainsFunc(printedAs, func(c struct{ name, announced, scanned string }) bool {
			plain, symbology, err := clean(c.scanned)
			return err == nil && f.number(plain, symbology) == c.announced
		})
		if !used {
			t.Errorf("no case shows %q", f.name)
		}
	}
}

func TestALabelMisreadOrTypedWithSpacesIsStillToldToBeMisread(t *testing.T) {
	for _, wrong := range []string{
		"RR 123 456 784 GB", "RR123456784GB", "rr 123 456 784 gb", "1Z 999 AA1 01 2345 6785", "1z999aa10123456785",
		"(00) 3 4012345 000000001 8",
	} {
		if _, err := Parse(wrong); err == nil || !strings.Contains(err.Error(), "check digit") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestTheCheckDigitsOfCarriersCatchEveryWrongDigitTheyCan(t *testing.T) {
	// The rest of eleven that is ten stands for 0, so that FedEx cannot tell all.
	for _, number := range []string{"986578788855", "477179081230", "799531274483", "790535312317", "974367662710"} {
		if !checksFedEx12(number) {
			t.Errorf("%s is right", number)
		}
	}
	if checksFedEx12("996578788855") || checksFedEx14("00925989385164") || !checksFedEx14("00925989385163") {
		t.Error("a wrong digit passes, or a right one does not")
	}
	for text, check := range map[string]byte{
		"000393206219912345678101040": '9', "007110601782532948375101276": 'X', "008182709980000020033350276": 'C',
	} {
		if got := checkMod3736(text); got != check {
			t.Errorf("%s: %c, want %c", text, got, check)
		}
	}
}
