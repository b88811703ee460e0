package flags

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
)

func TestHelpIsGivenInEveryFormAndNothingElseIsPassedOver(t *testing.T) {
	for _, c := range []struct {
		args   string
		helped bool
		refuse string
	}{
		{"help", true, ""}, {"-h", true, ""}, {"--help", true, ""}, {"help config", true, ""},
		{"--config a.toml help", true, ""},
		{"--config a.toml", false, ""}, {"", false, ""},
		{"start", false, `"start" is not understood`}, {"--nothing", false, "-nothing"},
	} {
		t.Run(c.args, func(t *testing.T) {
			f := flag.NewFlagSet("prog", flag.ContinueOnError)
			f.String("config", "", "the `file`")
			var out strings.Builder
			err := Read(f, "prog", "It does something.", strings.Fields(c.args), &out)
			if helped := errors.Is(err, flag.ErrHelp) && strings.Contains(out.String(), "It does something.") &&
				strings.Contains(out.String(), "-config file"); helped != c.helped {
				t.Errorf("%v, said %q", err, &out)
			}
			if c.helped {
				return
			}
			if (err != nil) != (c.refuse != "") || err != nil && !strings.Contains(err.Error(), c.refuse) {
				t.Errorf("%v, want %q", err, c.refuse)
			}
			if out.Len() > 0 {
				t.Errorf("it said %q", &out)
			}
		})
	}
}

func TestFlagsMayStandBehindWords(t *testing.T) {
	for _, c := range []struct {
		args, words string
		hours       int
		bad         bool
	}{
		{"ops", "ops", 24, false},
		{"--hours 0 ops", "ops", 0, false},
		{"ops --hours 0", "ops", 0, false},
		{"a --hours=3 b c", "a b c", 3, false},
		{"a -- --hours", "a --hours", 24, false},
		{"--hours 1 -- --hours 2", "--hours 2", 1, false},
		{"ops --hours", "", 0, true},
		{"ops --hour 2", "", 0, true},
	} {
		f := flag.NewFlagSet("x", flag.ContinueOnError)
		f.SetOutput(io.Discard)
		hours := f.Int("hours", 24, "")
		words, err := Anywhere(f, strings.Fields(c.args))
		if (err != nil) != c.bad || err == nil && (strings.Join(words, " ") != c.words || *hours != c.hours) {
			t.Errorf("%s: %q, %d, %v", c.args, words, *hours, err)
		}
	}
}
