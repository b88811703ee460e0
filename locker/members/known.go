package members

import (
	"cmp"
	"slices"
	"strings"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// atKiosk is where what is done on these pages was said.
const atKiosk = "kiosk"

func adds(s *ledger.State, v visit.Visit, out *view.View) {
	if !pageOf[out.Step] {
		return
	}
	out.Kind, out.Member = view.KindMember, &view.Member{
		AtDoor: view.AtDoor{Door: v.Compartment, OpenDoor: v.OpenDoor, LeftOpen: v.LeftOpen},
	}
}

func recordOf(s *ledger.State, v visit.Visit) (customers.Record, bool) {
	return customers.Get(s, noteOf(v).Customer)
}

func showCount(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	if r, ok := recordOf(s, v); ok && env.Mark != nil {
		out.Member.Count = len(parcel.ForContact(s, env.Policy, env.Mark, r.Person.Keys))
	}
}

// showKnown lists what is kept. Switches come first.
func showKnown(s *ledger.State, v visit.Visit, out *view.View) {
	r, ok := recordOf(s, v)
	if !ok {
		return
	}
	p := r.Person
	add := func(l view.MemberLine) { out.Member.Lines = append(out.Member.Lines, l) }
	out.Member.Contact = hidden(p)
	for _, w := range customers.Wishes {
		add(view.MemberLine{Value: "wish " + w, Kind: "wish", Name: w, On: slices.Contains(p.Wishes, w)})
	}
	add(view.MemberLine{Value: "receipt", Kind: "receipt", On: p.Receipt})
	add(view.MemberLine{Value: "language", Kind: "language", Text: p.Language, On: p.Language == out.Language})
	channel := view.MemberLine{Kind: "channel", Name: string(p.Channel), Text: out.Member.Contact}
	if p.Channel != customers.Never {
		channel.Value, channel.On = "channel", true
	}
	add(channel)
	told := map[string]bool{}
	for _, said := range slices.Backward(r.Consents) {
		if told[said.Purpose] || said.Purpose == customers.RecordPurpose {
			continue
		}
		told[said.Purpose] = true
		one := view.MemberLine{Kind: "consent", Name: said.Purpose, On: said.Given, At: &said.At}
		if said.Given {
			one.Value = "consent " + said.Purpose
		}
		add(one)
	}
	showNeighbours(s, r, add)
	if p.Name != "" {
		add(view.MemberLine{Kind: "name", Text: string([]rune(p.Name)[:1]) + "…"})
	}
	if r.QR != nil {
		add(view.MemberLine{Value: "qr", Kind: "qr", On: true, At: &r.QR.Made})
	}
	add(view.MemberLine{Kind: "kept", At: &r.Created})
	add(view.MemberLine{Value: "erase", Kind: "erase"})
}

// showHistory lists what was said when. The rest is told from outside.
func showHistory(s *ledger.State, v visit.Visit, out *view.View) {
	r, _ := recordOf(s, v)
	out.Member.Contact, out.Member.Loading, out.Member.Print = hidden(r.Person), true, v.Print
	for _, said := range slices.Backward(r.Consents) {
		out.Member.Lines = append(out.Member.Lines, view.MemberLine{
			Kind: "said", Name: said.Purpose, Text: said.Through, On: said.Given, At: &said.At,
		})
	}
}

// hidden is how somebody is reached, as it may stand on a screen in a street.
func hidden(p customers.Person) string {
	switch {
	case p.Email != "":
		name, host, _ := strings.Cut(p.Email, "@")
		first := []rune(name)
		return string(first[:min(1, len(first))]) + "…@" + host
	case len(p.Phone) > 3:
		return "… " + p.Phone[len(p.Phone)-3:]
	}
	return ""
}

// pick switches a line on or off.
func pick(t *visit.Turn, value string) error {
	r, _ := recordOf(t.State, t.Visit)
	what, name, _ := strings.Cut(value, " ")
	wanted := customers.Prefer{ID: r.ID}
	switch what {
	case "wish":
		wishes := slices.DeleteFunc(slices.Clone(r.Person.Wishes), func(w string) bool { return w == name })
		if len(wishes) == len(r.Person.Wishes) {
			wishes = append(wishes, name)
		}
		wanted.Wishes = &wishes
	case "receipt":
		on := !r.Person.Receipt
		wanted.Receipt = &on
	case "language":
		tag := t.Visit.Language
		if tag == "" {
			tag = t.Policy.Languages[0]
		}
		wanted.Language = &tag
	case "channel":
		never := customers.Never
		wanted.Channel = &never
	case "consent":
		if name != customers.RecordPurpose { // which is withdrawn by erasing all
			return again(t, customers.Withdraw{ID: r.ID, Purpose: name, Through: atKiosk})
		}
		t.Show(view.StepMemberErase, view.ReasonNone)
		return nil
	case "neighbour":
		return again(t, customers.EndNeighbour{ID: name, Customer: r.ID, Through: atKiosk})
	case "qr":
		return again(t, customers.EndQR{ID: r.ID, Through: atKiosk})
	case "erase":
		t.Show(view.StepMemberErase, view.ReasonNone)
		return nil
	default:
		return ledger.Refuse(ledger.Invalid, "value", "pick one of the lines of the page").At("/value")
	}
	return again(t, wanted)
}

// again shows the page as it is now that something was done.
func again(t *visit.Turn, c visit.Command) error {
	err := c.Decide(t)
	if err == nil {
		t.StartClock()
	}
	return err
}

func toHistory(t *visit.Turn) {
	t.Show(view.StepMemberHistory, view.ReasonNone)
	t.Order(Recall{t.Visit.ID, noteOf(t.Visit).Customer})
}

// Recall asks for all that is known of a customer, to be shown and not kept.
type Recall struct{ Visit, Customer string }

// Kind names the effect.
func (Recall) Kind() string { return "members_recall" }

// Print asks for all of it on paper.
type Print struct{ Terminal, Job, Customer, Language string }

// Kind names the effect.
func (Print) Kind() string { return "members_print" }

func printAll(t *visit.Turn) {
	job := t.NewID()
	t.StartClock()
	t.Visit.Print, t.Visit.PrintJob = view.PrintBusy, job
	t.Order(Print{cmp.Or(t.Visit.Terminal, visit.Kiosk), job, noteOf(t.Visit).Customer, t.Visit.Language})
}

// mayMakeQR: the code of a parcel may have been given to somebody else, who is not to have
// the parcels that come later.
func mayMakeQR(_ *ledger.State, v visit.Visit, _ visit.Env) bool { return noteOf(v).Own }

func newQR(t *visit.Turn) {
	_ = customers.MakeQR{ID: noteOf(t.Visit).Customer, Through: atKiosk, Fresh: t.Fresh}.Decide(t)
	t.Show(view.StepMemberQR, view.ReasonNone)
}

func erase(t *visit.Turn) {
	_ = customers.Withdraw{
		ID: noteOf(t.Visit).Customer, Purpose: customers.RecordPurpose, Through: atKiosk,
	}.Decide(t)
	t.KeepAs(noteAs, note{})
	t.Show(view.StepMemberGone, view.ReasonNone)
}

// textVersion is that of the text on the page that asks whether somebody is to be remembered.
const textVersion = "kiosk-1"

// Known shows whoever has a right to a parcel what is known of them, or asks whether they
// want to be remembered.
func Known(t *visit.Turn, id string) {
	if r, ok := customers.Find(t.State, parcel.ContactKeys(t, id)); ok {
		show(t, r.ID, false, view.StepMemberKnown)
		ease(t, r)
		return
	}
	ask(t, id)
}

// MayAsk reports whether there is somebody to show a record to, or to ask whether they want
// one: a recipient with a contact, where records are kept.
func MayAsk(s *ledger.State, id string, env visit.Env) bool {
	if !customers.SettingsOf(env.Policy).Asked {
		return false
	}
	_, ok := contactOf(s, id, env.Policy)
	return ok
}

func mayAsk(s *ledger.State, v visit.Visit, env visit.Env) bool {
	return v.Actor == "bearer" && !noteOf(v).Own && MayAsk(s, v.Parcel, env)
}

func toAsk(t *visit.Turn) { Known(t, t.Visit.Parcel) }

func ask(t *visit.Turn, id string) {
	t.KeepAs(noteAs, note{Parcel: id})
	t.Show(view.StepMemberAsk, view.ReasonNone)
}

// contactOf is by what the recipient of a parcel can be known. What cannot be read as an
// address or a number is left out.
func contactOf(s *ledger.State, id string, policy visit.Policy) (n customers.New, ok bool) {
	r, there := parcel.Recipients.Get(s, id)
	if !there {
		return n, false
	}
	k := customers.Contact{Email: r.Email, Phone: r.Phone}.Of(func(_, text string) string { return text },
		customers.SettingsOf(policy).Country)
	n = customers.New{Channel: customers.Never, Language: r.Language}
	if k.Phone != "" {
		n.Contact.Phone, n.Channel = r.Phone, customers.BySMS
	}
	if k.Email != "" {
		n.Contact.Email, n.Channel = r.Email, customers.ByEmail
	}
	return n, n.Channel != customers.Never
}

func showAsked(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	n, _ := contactOf(s, noteOf(v).Parcel, env.Policy)
	out.Member.Contact = hidden(customers.Person{Email: n.Contact.Email, Phone: n.Contact.Phone})
}

// keep begins a record of whoever has asked for it.
func keep(t *visit.Turn) {
	n, ok := contactOf(t.State, noteOf(t.Visit).Parcel, t.Policy)
	id := t.NewID()
	c := customers.Keep{ID: id, New: n, Asked: customers.Asked{Through: atKiosk, Text: textVersion}}
	if !ok || c.Decide(t) != nil { // erased meanwhile, or another was quicker
		t.Finish()
		return
	}
	show(t, id, true, view.StepMemberKnown)
}
