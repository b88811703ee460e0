package label

import "testing"

func TestWhatIsOfOneParcel(t *testing.T) {
	for text, want := range map[string]bool{
		"1Z999AA10123456784": true, "JJD000390007882823426": true, "1Z999": true, "L-17": true, "DPD-0012": true,
		"00340123450000000017": true, "RR123456785DE": true, "]C100340123450000000017": true,
		"https://id.example/00/340123450000000017": true,

		"4006381333931": false, "96385074": false, "012345678905": false, "]C10104006381333931": false,
		"https://id.example/01/04006381333931": false, "https://shop.example/a1": false, "shop.example/a1": false,
		"www.shop.example": false, "WIFI:S:x1;T:WPA;P:secret;;": false, "mailto:a1@b.example": false,
		"tel:+4912345": false, "otpauth://totp/x1?secret=A": false, "HC1:6BFOXN*TS0": false, "B:AB2": false,
		"WORDS": false, "two words 2": false, "": false, "00340123450000000018": false,
	} {
		if got := IsOfParcel(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}
