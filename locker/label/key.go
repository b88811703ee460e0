package label

import (
	"slices"
	"strings"
)

// Key is what labels are compared by. All spellings of one number have the same
// key, and it is one of them; a text that is not known to have another spelling
// is its own. Databases hold keys: whatever changes them needs a migration that
// makes them anew.
func Key(text string) string {
	plain, symbology, err := clean(text)
	if err != nil {
		return text
	}
	if l, err := parse(plain, MarksGS1(symbology)); err == nil {
		plain = l.Text
		if numbers := l.numbers(); len(numbers) > 0 {
			plain = numbers[0]
		}
	}
	plain = strings.TrimPrefix(plain, string(separator))
	if certain, _ := standsFor(plain, symbology); len(certain) > 0 {
		plain = certain[0]
	}
	if plain == text {
		return text
	}
	return Key(plain)
}

// Keys lists the keys of what a label may stand for: its own, which is Key, then
// the numbers inside it, the most exact first; none when the text can be no
// label. A label with a wrong check digit has only its own text: it is never
// mended.
//
// Two texts are labels of one parcel when the key of one is among the keys of
// the other. That a third number may be inside both is not enough.
func Keys(text string) []string {
	plain, symbology, err := clean(text)
	if err != nil {
		return nil
	}
	l, err := parse(plain, MarksGS1(symbology))
	plain = strings.TrimPrefix(plain, string(separator))
	var all keys
	all.add(Key(text))
	all.add(Key(plain))
	inside := keys{plain}
	if err == nil {
		inside = append(inside, l.numbers()...)
	}
	for _, number := range inside[1:] {
		all.add(Key(number))
	}
	for _, text := range inside {
		_, others := standsFor(text, symbology)
		for _, number := range others {
			all.add(Key(number))
		}
	}
	for _, e := range l.Elements {
		if e.AI == article && len(e.Value) >= shortestArticle {
			all.add(Key(e.Value))
		}
	}
	return all
}

// Behind (91), which GS1 leaves to its users, carriers print their own number of
// a parcel. Australia Post says so in its eParcel label guide, where this article
// stands before it; of others it is not certain.
const (
	article         = "91"
	shortestArticle = 6 // characters; less is more likely a mark of its own
	australiaPost   = "99312650999998"
)

// numbers lists what identifies one parcel in a label that was understood, the
// most exact first; none for a carrier's own number, which stands for itself.
func (l Label) numbers() []string {
	var all keys
	switch l.Kind {
	case SSCC, S10:
		all.add(l.Text)
	case GTIN:
		all.add(shortest(l.Text))
	case GS1, Link:
		all.elements(l.Elements)
	}
	return all
}

// shortest writes an article number with as few leading zeros as it can have: an
// EAN that begins with a zero is a UPC.
func shortest(gtin string) string {
	gtin = strings.TrimLeft(gtin, "0")
	for !isGTINLength(len(gtin)) {
		gtin = "0" + gtin
	}
	return gtin
}

// keys collects texts once each, and only what an announcement can hold.
type keys []string

func (k *keys) add(s string) {
	if s == "" || len(s) > MaxKey || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) ||
		slices.Contains(*k, s) {
		return
	}
	*k = append(*k, s)
}

// elements adds the SSCC; else the article with its serial number, the number of
// the consignment or shipment, and the carrier's own number behind a postal
// code, as the postal service of the USA prints it.
func (k *keys) elements(all []Element) {
	value := map[string]string{}
	for _, e := range all {
		if value[e.AI] == "" {
			value[e.AI] = e.Value
		}
	}
	if s := value["00"]; s != "" {
		k.add(s)
		return
	}
	if value["01"] == australiaPost {
		k.add(value[article])
	}
	if article, serial := value["01"], value["21"]; article != "" && serial != "" {
		k.add("01" + article + "21" + serial)
	}
	for _, ai := range []string{"401", "402"} {
		if value[ai] != "" {
			k.add(ai + value[ai])
			k.add(value[ai])
		}
	}
	if value["420"] == "" {
		return
	}
	for _, e := range all {
		if e.AI[0] == '9' {
			k.add(e.AI + e.Value)
		}
	}
}
