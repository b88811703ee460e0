package label

import "testing"

func TestTheNumberIsTakenOutOfAMessage(t *testing.T) {
	const rs, gs, eot = "\x1E", "\x1D", "\x04"
	for _, c := range []struct{ name, text, announced string }{
		{"UPS, in a MaxiCode", "[)>" + rs + "01" + gs + "96841706672" + gs + "840" + gs + "001" + gs + "1Z23456784" +
			gs + "UPSN" + gs + "999AA1" + gs + "015" + gs + gs + "1/1" + rs + eot, "1Z999AA10123456784"},
		{"with its identifier", "]U1[)>" + rs + "01" + gs + "96841706672" + gs + "840" + gs + "001" + gs +
			"1Z23456784" + gs + "UPSN" + gs + "999AA1" + gs + "015" + rs + eot, "1z999aa10123456784"},
		{"FedEx, in a PDF417", "]L0[)>" + rs + "01" + gs + "0238017" + gs + "840" + gs + "05" + gs +
			"7849175802860201" + gs + "FDE" + gs + "123456789" + gs + "015" + rs + "06" + gs + "10ZED008" + rs + eot,
			"784917580286"},
		{"a license plate among data identifiers", "[)>" + rs + "06" + gs + "2L12345" + gs + "JJD012345678901234567" +
			gs + "Q3" + rs + eot, "JD012345678901234567"},
		{"a license plate of a group", "[)>" + rs + "06" + gs + "1JJD012345678901234567" + rs + eot,
			"JD012345678901234567"},
		{"element strings", "[)>" + rs + "05" + gs + "00" + sscc + "42110002" + rs + eot, sscc},
		{"the second record", "[)>" + rs + "12" + gs + "X" + rs + "05" + gs + "00" + sscc + rs + eot, "00" + sscc},
	} {
		if !one(c.announced, c.text) || Key(c.text) != Key(c.announced) {
			t.Errorf("%s: the key of %q is %q, want %q", c.name, c.text, Key(c.text), Key(c.announced))
		}
		for _, r := range Bare(c.text) {
			if r != separator && (r < ' ' || r > '~') {
				t.Errorf("%s: bare it holds %q", c.name, Bare(c.text))
			}
		}
	}
	for name, text := range map[string]string{
		"nothing that names a parcel": "[)>" + rs + "06" + gs + "Q3" + gs + "2L1" + rs + eot,
		"no record":                   "[)>" + rs + eot,
		"a number of another carrier": "[)>" + rs + "01" + gs + "96841706672" + gs + "840" + gs + "001" + gs +
			"12345678" + gs + "XYZ" + gs + "999AA1" + rs + eot,
		"a number of FedEx that does not check": "[)>" + rs + "01" + gs + "0238017" + gs + "840" + gs + "05" + gs +
			"7849175802870201" + gs + "FDE" + gs + "1" + rs + eot,
	} {
		if keys := Keys(text); len(keys) != 0 {
			t.Errorf("%s: keys %q", name, keys)
		}
	}
	misread := "[)>" + rs + "01" + gs + "96841706672" + gs + "840" + gs + "001" + gs + "1Z23456785" + gs + "UPSN" + gs +
		"999AA1" + gs + "015" + rs + eot
	if !IsMisread(misread) {
		t.Error("a wrong check digit of UPS is not told")
	}
}
