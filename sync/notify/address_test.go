package notify

import (
	"net/mail"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAnEmailAddressIsOneMailboxOrRefused(t *testing.T) {
	for _, good := range []string{"ann@example.org", "ann.b+c@sub.example.org", "a@b.cn", "用户@例子.广告",
		"o'neil@example.org", "a@localhost"} {
		if err := CheckEmail(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "ann", "@", "ann@", "@example.org", "ann@@example.org", "Ann <ann@example.org>", "<ann@example.org>",
		"ann@example.org, bob@example.org", "ann@example.org\r\nBcc: bob@example.org", "ann@example.org\n",
		"ann@example.org ", " ann@example.org", "ann\x00@example.org", "ann@exam ple.org", "ann@.example.org",
		"ann@example..org", "ann@-example.org", `"ann b"@example.org`, "ann@[127.0.0.1]", "ann@example.org>",
		"ann@example.org;bob@example.org", "a:b@example.org", "ann\u2028@example.org", "ann\ufffd@example.org",
		strings.Repeat("a", 65) + "@example.org", "a@" + strings.Repeat("b.", 130) + "org", "(x)ann@example.org",
	} {
		if CheckEmail(bad) == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestNothingThatIsTakenAsAnAddressCanEndAHeader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab@.\r\n <>,:;\"\t()[]\\é\u2028")), 1, 20, -1).Draw(t, "text")
		if CheckEmail(text) != nil {
			return
		}
		if strings.ContainsAny(text, "\r\n\t <>,;:\"\\()[]\u2028") {
			t.Fatalf("%q is taken", text)
		}
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			t.Fatalf("%q is read as %v, %v", text, a, err)
		}
	})
}

func TestATelephoneNumberIsWrittenWithItsCountry(t *testing.T) {
	for _, c := range []struct{ text, country, want string }{
		{"+49 170 1234567", "", "+491701234567"},
		{"+49 (0)170/123-45.67", "+49", "+4901701234567"}, // as written: nobody guesses at a (0)
		{"0049 170 1234567", "", "+491701234567"},
		{"0170 1234567", "+49", "+491701234567"},
		{"13800138000", "+86", "+8613800138000"},
		{"0170 1234567", "", ""},
		{"+49 170 CALLME", "", ""},
		{"12", "+49", ""},
		{"+0170 1234567", "", ""},
		{"+49170123456789012", "", ""},
		{"", "+49", ""},
	} {
		got, err := phoneNumber(c.text, c.country)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q with %q is %q, %v; want %q", c.text, c.country, got, err, c.want)
		}
	}
}
