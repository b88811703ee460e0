package shoprules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every mistake is told with its line, and what is allowed. The first line of each text is
// the fourth of the file.
func TestEveryMistakeIsToldWithItsLine(t *testing.T) {
	const head = "shop = \"acme\"\ncurrency = \"EUR\"\ncountry = \"DE\"\n"
	window := func(more string) string { return "[[window]]\nname = \"w\"\ndays = 30\n" + more }
	kase := func(more string) string {
		return "[[case]]\nname = \"k\"\nbought = 2026-06-01\nasked = 2026-06-02\npaid = \"5.00\"\neligible = true\n" + more
	}
	for name, c := range map[string]struct{ text, want string }{
		"no TOML":         {"x = = 1", "acme.toml:4: "},
		"unknown key":     {"receipt_neded = true", "acme.toml:4: receipt_neded: is not a key of this table: did you mean receipt_needed?"},
		"unknown table":   {"[[windows]]", "acme.toml:4: windows: is not a key of this table: did you mean window?"},
		"key of a rule":   {window("day = 3"), "acme.toml:7: window.day: is not a key of this table: did you mean days?"},
		"wrong type":      {"receipt_needed = \"yes\"", `acme.toml:4: receipt_needed: is the text "yes": true or false`},
		"number as text":  {"[[window]]\nname = \"w\"\ndays = \"30\"", "acme.toml:6: window.days: is the text \"30\": a whole number"},
		"out of range":    {"[[window]]\nname = \"w\"\ndays = -2", "acme.toml:6: window.days: is -2: from -1 to 3650"},
		"name missing":    {"[[window]]\ndays = 3", "acme.toml:4: window.name: is missing"},
		"bad name":        {"[[window]]\nname = \"My Rule\"\ndays = 3", `acme.toml:5: window.name: is "My Rule": 1 to 60`},
		"two of one name": {window("") + "classes = [\"a\"]\n" + window(""), `acme.toml:9: window.name: is "w", as the rule in line 5`},
		"across kinds":    {window("") + "[[way]]\nname = \"w\"\ntake = true", `acme.toml:8: way.name: is "w", as the rule in line 5`},
		"never reached":   {window("") + "[[window]]\nname = \"v\"\ndays = 3\nclasses = [\"a\"]", "acme.toml:7: window: never counts: the rule in line 5"},
		"no end that moves": {"[[window]]\nname = \"w\"\ndays = -1\nbusiness_day = true",
			"acme.toml:7: window.business_day: is true"},
		"bad channel":                  {window("channels = [\"web\"]"), `acme.toml:7: window.channels: is "web": one of online, store`},
		"channel twice":                {window("channels = [\"store\", \"store\"]"), "acme.toml:7: window.channels: is \"store\", which is there already"},
		"country":                      {window("countries = [\"Germany\"]"), "acme.toml:7: window.countries: is \"Germany\": two capital letters"},
		"UK":                           {window("countries = [\"UK\"]"), `acme.toml:7: window.countries: is "UK": the United Kingdom is "GB"`},
		"no such day":                  {"holidays = [\"2026-02-30\"]", `acme.toml:4: holidays: is "2026-02-30", and there is no such day`},
		"no such TOML day":             {"holidays = [2026-02-30]", "acme.toml:4: "},
		"29 February of a common year": {"holidays = [\"2027-02-29\"]", "acme.toml:4: holidays: is \"2027-02-29\", and there is"},
		"no day":                       {"holidays = [\"Easter\"]", `acme.toml:4: holidays: is "Easter": a day as 2026-12-24`},
		"holiday twice":                {"holidays = [\"12-25\",\n\"12-25\"]", "acme.toml:5: holidays: is there already"},
		"weekday":                      {"weekend = [\"Sunday\"]", `acme.toml:4: weekend: is "Sunday": one of sunday, monday`},
		"no working day": {"weekend = [\"sunday\",\"monday\",\"tuesday\",\"wednesday\",\"thursday\",\"friday\",\"saturday\"]",
			"acme.toml:4: weekend: has every day"},
		"season backwards": {"[[season]]\nname = \"s\"\nbought_from = 2026-12-01\nbought_to = 2026-11-01\nuntil = 2027-01-31",
			"acme.toml:7: season.bought_to: is 2026-11-01, before bought_from: 2026-12-01"},
		"season's end": {"[[season]]\nname = \"s\"\nbought_from = 2026-11-01\nbought_to = 2026-12-01\nuntil = 2026-11-30",
			"acme.toml:8: season.until: is 2026-11-30, before bought_to"},
		"season without year": {"[[season]]\nname = \"s\"\nbought_from = \"11-01\"\nbought_to = 2026-12-01\nuntil = 2026-12-30",
			"acme.toml:6: season.bought_from: has no year"},
		"category twice": {"[[category]]\nname = \"x\"\n[[category]]\nname = \"x\"",
			"acme.toml:7: category.name: is \"x\", which line 5 has already: each category once"},
		"kind":         {"[[category]]\nname = \"x\"\nkind = \"food\"", `acme.toml:6: category.kind: is "food": one of ordinary, custom`},
		"take":         {"[[category]]\nname = \"x\"\ntake = \"no\"", `acme.toml:6: category.take: is "no": one of any, sealed, never`},
		"serial":       {"[[category]]\nname = \"x\"\nserial = \"yes\"", "acme.toml:6: category.serial: is yes: one of no, ask, must"},
		"no condition": {"[[condition]]\nname = \"c\"\nis = []", "acme.toml:6: condition.is: is empty"},
		"condition":    {"[[condition]]\nname = \"c\"\nis = [\"dirty\"]", `acme.toml:6: condition.is: is "dirty": one of sealed`},
		"kept of what is refused": {"[[condition]]\nname = \"c\"\nis = [\"worn\"]\nkeep_percent = 5",
			"acme.toml:7: condition.keep_percent: is 5, and nothing is kept of what is not taken"},
		"limit of nothing": {"[[limit]]\nname = \"l\"", "acme.toml:4: limit: bounds nothing"},
		"amount as number": {"[[limit]]\nname = \"l\"\namount = 5", "acme.toml:6: limit.amount: is no amount: a text such as"},
		"digits":           {"[[limit]]\nname = \"l\"\namount = \"5.0\"", `acme.toml:6: limit.amount: is "5.0": an amount of EUR such as "12.00"`},
		"negative":         {"[[limit]]\nname = \"l\"\namount = \"-5.00\"", `acme.toml:6: limit.amount: is "-5.00"`},
		"huge":             {"override_ceiling = \"99999999999999.00\"", "acme.toml:4: override_ceiling: is"},
		"fee of nothing":   {"[[fee]]\nname = \"f\"\nkind = \"return\"", "acme.toml:4: fee: is no fee"},
		"fee of the shop":  {"[[fee]]\nname = \"f\"\nkind = \"return\"\nby = \"shop\"\namount = \"1.00\"", "acme.toml:4: fee: is borne by the shop"},
		"fee for faulty": {"[[fee]]\nname = \"f\"\nkind = \"return\"\namount = \"1.00\"\nreasons = [\"faulty\"]",
			"acme.toml:8: fee.reasons: has a reason that says the goods are faulty"},
		"fee for no reason": {"[[fee]]\nname = \"f\"\nkind = \"return\"\namount = \"1.00\"\nreasons = [\"ugly\"]",
			"acme.toml:8: fee.reasons: is \"ugly\", which is no reason"},
		"fee covered": {"[[fee]]\nname = \"f\"\nkind = \"return\"\namount = \"1.00\"\n[[fee]]\nname = \"g\"\nkind = \"return\"\npercent = 1",
			"acme.toml:8: fee: never counts"},
		"percent":       {"[[fee]]\nname = \"f\"\nkind = \"restocking\"\npercent = 101", "acme.toml:7: fee.percent: is 101: from 0 to 100"},
		"all closed":    {"[[way]]\nname = \"w\"\ntake = false", "acme.toml:4: way: closes every way"},
		"risk twice":    {"[[instant]]\nname = \"a\"\nrisk = \"low\"\nup_to = \"1.00\"\n[[instant]]\nname = \"b\"\nrisk = \"low\"\nup_to = \"1.00\"", "acme.toml:10: instant.risk: is \"low\", which another"},
		"more at risk":  {"[[instant]]\nname = \"a\"\nrisk = \"low\"\nup_to = \"1.00\"\n[[instant]]\nname = \"b\"\nrisk = \"high\"\nup_to = \"2.00\"", "acme.toml:11: instant.up_to: is more than at low risk"},
		"reason twice":  {"[[reason]]\nname = \"faulty\"\nfaulty = true\n[[reason]]\nname = \"faulty\"", "acme.toml:8: reason.name: is \"faulty\", which is there already"},
		"reason's name": {"[[reason]]\nname = \"Too big\"\nfaulty = true", `acme.toml:5: reason.name: is "Too big"`},
		"reason unsaid": {"[[reason]]\nname = \"ugly\"\nfaulty = true", "acme.toml:4: reason.say: is missing"},
		"reason's text": {"[[reason]]\nname = \"ugly\"\nfaulty = true\nsay = { en = 3 }", "acme.toml:7: reason.say.en: is the number 3"},
		"nothing faulty": {"[[reason]]\nname = \"too_small\"\n[[reason]]\nname = \"faulty\"\nfaulty = true\ncategories = [\"x\"]",
			"acme.toml:4: reason: the reasons leave none for goods without a category"},
		"grade":   {"[[disposition]]\nname = \"d\"\ngrade = \"bad\"\nto = \"restock\"", `acme.toml:6: disposition.grade: is "bad"`},
		"place":   {"[[disposition]]\nname = \"d\"\ngrade = \"used\"\nto = \"bin\"", `acme.toml:7: disposition.to: is "bin"`},
		"missing": {"[[disposition]]\nname = \"d\"\ngrade = \"missing\"\nto = \"restock\"", "acme.toml:6: disposition.grade: is \"missing\""},
		"case fails": {kase("refund = \"4.00\""),
			`acme.toml:10: case.refund: the case "k" fails: it is 5.00, and 4.00 was expected; rules that decided: usual`},
		"case refused":       {kase("") + "final_sale = true\nchannel = \"store\"", `acme.toml:9: case.eligible: the case "k" fails: it is false`},
		"case until":         {kase("until = 2026-06-30"), `acme.toml:10: case.until: the case "k" fails: it is 2026-07-31, and`},
		"case without rule":  {kase("rule = \"nobody\""), `acme.toml:10: case.rule: the case "k" fails: "nobody" is not among`},
		"case before":        {strings.Replace(kase(""), "asked = 2026-06-02", "asked = 2026-05-02", 1), "acme.toml:7: case.asked: is 2026-05-02, before"},
		"case of one name":   {kase("") + kase(""), "acme.toml:11: case.name: is \"k\", as another case"},
		"case of odd reason": {kase("reason = \"x\""), "acme.toml:10: case.reason: is \"x\": one of changed_mind"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Parse("rules/acme.toml", head+c.text+"\n")
			if err == nil {
				t.Fatal("it is taken")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\nlacks\n%s", err, c.want)
			}
		})
	}
	if _, _, err := Parse("rules/acme.toml", head+window("")+kase("")); err != nil {
		t.Errorf("what is right is refused: %v", err)
	}
}

func TestTheNameOfTheFileIsTheShop(t *testing.T) {
	_, _, err := Parse("rules/other.toml", "shop = \"acme\"\ncurrency = \"XYZ\"\n")
	for _, want := range []string{
		`rules/other.toml:1: shop: is "acme", and the file is that of "other"`,
		`rules/other.toml:2: currency: is "XYZ": a currency of ISO 4217`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %s", err, want)
		}
	}
}

func TestAFolderHasAFileForEachShop(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.toml", "shop = \"a\"\ncurrency = \"JPY\"\noverride_ceiling = \"500\"\n")
	write("b.toml", "shop = \"b\"\ncurrency = \"KWD\"\noverride_ceiling = \"1.005\"\n")
	write("readme.txt", "not TOML")
	all, err := Load(dir)
	if err != nil || len(all) != 2 || all["a"].OverrideCeiling != 500 || all["b"].OverrideCeiling != 1005 {
		t.Fatalf("%v, %v", all, err)
	}
	if r := all.For("a"); r.Currency != "JPY" {
		t.Errorf("shop a has %+v", r)
	}
	if r := all.For("c"); r.Shop != "c" || len(r.Windows) != 1 {
		t.Errorf("a shop without a file has %+v", r)
	}
	write("b.toml", "shop = \"b\"\ncurrency = \"KWD\"\nx = 1\n")
	write("c.toml", "shop = \"c\"\n")
	_, err = Load(dir)
	for _, want := range []string{"b.toml:3: x: is not a key", "c.toml:1: currency: is missing"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %s", err, want)
		}
	}
	if _, err := Load(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that is not there is taken")
	}
	if all, err := Load(""); err != nil || len(all) != 0 {
		t.Errorf("no folder: %v, %v", all, err)
	}
}
