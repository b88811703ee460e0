package format

import "testing"

func TestDigitsAreThoseOfISO4217(t *testing.T) {
	for code, want := range map[string]int{
		"JPY": 0, "KRW": 0, "ISK": 0, "EUR": 2, "USD": 2, "CNY": 2, "CHF": 2, "KWD": 3, "BHD": 3, "TND": 3,
	} {
		if n, ok := Digits(code); !ok || n != want {
			t.Errorf("%s has %d digits, %t; want %d", code, n, ok, want)
		}
	}
	for _, code := range []string{"", "eur", "EURO", "ABC", "€", "XXX ", "E R"} {
		if n, ok := Digits(code); ok {
			t.Errorf("%q is a currency with %d digits", code, n)
		}
	}
}

func TestAmountsAreWrittenForPeople(t *testing.T) {
	for _, c := range []struct {
		minor            int64
		code, lang, want string
	}{
		{123456, "EUR", "de", "1.234,56\u00a0€"},
		{123456, "EUR", "en", "€1,234.56"},
		{5, "EUR", "en", "€0.05"},
		{-1999, "EUR", "de", "-19,99\u00a0€"},
		{1980, "JPY", "ja", "\uffe51,980"},
		{1980, "JPY", "en", "¥1,980"},
		{12500, "KWD", "en", "KWD\u00a012.500"},
		{19900, "CNY", "zh-Hans", "¥199.00"},
		{19900, "CNY", "en", "CN¥199.00"},
		{0, "EUR", "fr", "0,00\u00a0€"},
		{1_000_000_000_000, "EUR", "en", "€10,000,000,000.00"},
		{100, "EUR", "tlh", "€1.00"},
		{100, "EUR", "", "€1.00"},
		{100, "ABC", "en", "100 ABC"},
		{100, "", "en", "100"},
	} {
		if got := Text(c.minor, c.code, c.lang); got != c.want {
			t.Errorf("%d %s for %q is %q, want %q", c.minor, c.code, c.lang, got, c.want)
		}
	}
}
