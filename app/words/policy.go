package words

import (
	"strconv"

	"cubby/locker/money/format"
	"cubby/locker/view"
)

// codes are the gaps of the sentences of rules that hold a word of the program.
var codes = map[string]string{
	"Goods": "policy.goods.", "Condition": "policy.condition.", "Back": "policy.back.",
}

// Because is the sentence of a rule by which something may come back or may not. It has no
// full stop: it stands in a list.
func Because(s Speaker, b view.Because) string {
	gaps := Data{}
	for name, value := range b.Data {
		gaps[name] = value
		if group, ok := codes[name]; ok {
			gaps[name] = known(s, group, value)
		}
	}
	for _, name := range []string{"Amount", "Limit"} {
		if minor, err := strconv.ParseInt(b.Data[name], 10, 64); err == nil {
			gaps[name] = format.Text(minor, b.Data["Currency"], s.Tag())
		}
	}
	if id := "policy." + b.Word; word.MatchString(b.Word) && s.Has(id) {
		return s.Say(id, gaps)
	}
	return s.Say("policy.other", nil)
}

// BecauseOf is the sentence with the rule that it comes from.
func BecauseOf(s Speaker, b view.Because) string {
	line := ""
	if b.Line > 0 {
		line = strconv.Itoa(b.Line)
	}
	return s.Say("policy.rule", Data{"List": Because(s, b), "Rule": b.Rule, "Line": line})
}
