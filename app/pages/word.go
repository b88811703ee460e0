package pages

import (
	"strings"

	"cubby/app/words"
	"cubby/locker/view"
)

// Word says a word of the core's: a role, a kind, an operation. One that this
// screen does not know is shown as it is, without its underlines.
func Word(s Sheet, group, key string) string {
	if id := group + key; s.Words.Has(id) {
		return s.Say(id)
	}
	return strings.ReplaceAll(key, "_", " ")
}

// Told says a sentence of the core's. It is looked for below each of the groups.
// One that this screen does not know is shown in the core's own words.
func Told(s Sheet, m view.Message, groups ...string) string {
	data := words.Data{}
	for name, value := range m.Data {
		data[name] = value
		if group, ok := said[name]; ok {
			data[name] = Word(s, group, value)
		}
	}
	for name, amount := range m.Money {
		data[name] = words.Money(s.Words, amount)
	}
	for name, at := range m.Times {
		data[name] = Moment(s, at)
	}
	list := ""
	for i, part := range m.Parts {
		if next := Told(s, part, groups...); i == 0 {
			list = next
		} else {
			list = s.Words.Say("fit.list", words.Data{"First": list, "Next": next})
		}
	}
	data["List"] = list
	for _, group := range groups {
		if id := group + m.ID; m.ID != "" && s.Words.Has(id) {
			return s.Words.Say(id, data)
		}
	}
	switch {
	case m.Text != "":
		return m.Text
	case list != "":
		return list
	}
	return strings.ReplaceAll(m.ID[strings.LastIndex(m.ID, ".")+1:], "_", " ")
}

// said are the groups of words that fill gaps of sentences.
var said = map[string]string{"Role": "staff.role.", "Op": "staff.op.", "Kind": "staff.kind.",
	"State": "staff.state.", "Goods": "policy.goods.", "Condition": "policy.condition.", "Back": "policy.back.",
	"Grade": "staff.grade.", "Decision": "staff.decision.", "Disposition": "staff.disposition.",
	"CaseState": "staff.return_state.", "Reason": "return.reason.", "Tender": "staff.tender.",
	"Way": "staff.way.", "Channel": "staff.channel."}
