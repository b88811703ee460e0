package down

import (
	"regexp"
	"strings"

	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/sync/protocol"
	"cubby/sync/strict"
)

// What the centre decides for the station itself: the rules of its shops, what people are
// told on its pages, and its name.

type policyDoc struct {
	TOML string `json:"toml" check:"required"`
}

type settingsDoc struct {
	Name string `json:"name" check:"text=1..100"`
}

type stationDoc struct {
	Name    string `json:"name" check:"required,text=1..100"`
	Address string `json:"address" check:"text=0..200"`
}

var (
	stationForm  = strict.Declare[stationDoc]()
	policyForm   = strict.Declare[policyDoc]()
	settingsForm = strict.Declare[settingsDoc]()
)

// mostReason bounds what a refusal says of the mistakes of a policy, in bytes.
const mostReason = 2000

func policyChanged(d *Down, c protocol.Change) (visit.Command, error) {
	doc, err := read[policyDoc](policyForm, c)
	if err != nil {
		return nil, err
	}
	if d.cfg.Rules == nil {
		return nil, ledger.Refuse(ledger.Unavailable, "no-policies", "this station takes no policies")
	}
	if err := d.cfg.Rules(c.ID, doc.TOML); err != nil {
		says := strings.ToValidUTF8(err.Error()[:min(len(err.Error()), mostReason)], "")
		return nil, ledger.Refuse(ledger.Invalid, "policy", "%s", says).At("/toml")
	}
	return centre.KeepPolicy{Shop: c.ID, TOML: doc.TOML, Rev: c.Rev}, nil
}

func policyDeleted(_ *Down, id string) visit.Command { return centre.DropPolicy{Shop: id} }

var (
	textName    = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,63}$`)
	languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)
)

func textChanged(_ *Down, c protocol.Change) (visit.Command, error) {
	if !textName.MatchString(c.ID) {
		return nil, ledger.Refuse(ledger.Invalid, "id",
			"a text's name has 1 to 64 of a-z 0-9 _ . -").At("/id")
	}
	text, there := map[string]string{}, false
	err := strict.Lenient(c.Doc, func(r *strict.Reader, name string) error {
		if name != "text" {
			return r.Unknown()
		}
		there = true
		return r.Object(func(tag string) (err error) {
			if !languageTag.MatchString(tag) || len(tag) > 35 {
				return r.Refuse("language", `must be a BCP 47 tag such as "en" or "zh-Hans"`)
			}
			text[tag], err = r.String()
			return err
		})
	})
	if err == nil && !there {
		err = ledger.Refuse(ledger.Invalid, "missing-member", "say the text by language").At("/text")
	}
	return centre.KeepText{Name: c.ID, Text: text}, err
}

func textDeleted(_ *Down, id string) visit.Command { return centre.DropText{Name: id} }

func settingsChanged(_ *Down, c protocol.Change) (visit.Command, error) {
	doc, err := read[settingsDoc](settingsForm, c)
	return centre.Rename{Name: doc.Name}, err
}

func settingsDeleted(*Down, string) visit.Command { return centre.Rename{} }

func stationChanged(_ *Down, c protocol.Change) (visit.Command, error) {
	if len(c.ID) == 0 || len(c.ID) > 64 {
		return nil, ledger.Refuse(ledger.Invalid, "id", "the id of a station has 1 to 64 bytes").At("/id")
	}
	doc, err := read[stationDoc](stationForm, c)
	return centre.KeepNeighbour{ID: c.ID, Name: doc.Name, Address: doc.Address}, err
}

func stationDeleted(_ *Down, id string) visit.Command { return centre.DropNeighbour{ID: id} }
