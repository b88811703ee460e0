package returns

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/visit"
)

type (
	// AnswerRefund is what whoever pays says of a refund.
	AnswerRefund struct {
		By       people.Doer
		ID       string
		State    string // approved, completed, failed, rejected, pending, unknown
		Provider string
		Answer   string // the payer's own reference
		Detail   string
		Amount   *int64        // what was paid; nil: not said
		Currency string        // empty: not said
		Again    time.Duration // pending, unknown: ask again after this; 0: wait to be told
		Now      *Refund
	}
	// RetryRefund asks once more for a refund that has failed.
	RetryRefund struct {
		By  people.Doer
		ID  string
		Now *Refund
	}
	// RedirectRefund pays what has failed another way, with the customer's consent.
	RedirectRefund struct {
		By   people.Doer
		ID   string
		Kind string // gift_card, cash, transfer
		Now  *Refund
	}
)

// Decide takes the answer. A refund that was paid is paid, whatever is said afterwards.
func (c AnswerRefund) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, people.SettleRefunds); err != nil {
		return err
	}
	r, ok := Refunds.Get(t.State, c.ID)
	if !ok {
		return ledger.Refuse(ledger.NotFound, "no-such-refund", "there is no refund with this id here")
	}
	defer func() {
		if c.Now != nil {
			*c.Now, _ = Refunds.Get(t.State, c.ID)
		}
	}()
	provider := cmp.Or(c.Provider, r.Provider)
	differs := c.Amount != nil && *c.Amount != r.Amount || c.Currency != "" && c.Currency != r.Currency
	switch {
	case r.State == Completed && c.State == "completed" && !differs, r.State == Replaced &&
		c.State == "failed":
		return nil // said already
	case r.State == Completed && (c.State == "pending" || c.State == "unknown" || c.State == "approved"):
		return nil // an older word
	case r.State == Replaced && c.State == "completed" && !differs:
		// It had failed and was paid another way: the money is out twice, and that is told.
		t.Emit(&RefundCompleted{r.of(), r.Amount, r.Currency, c.Answer, provider, true})
		return nil
	case r.State == Completed, r.State == Replaced:
		return ledger.Refuse(ledger.Conflict, "refund-final",
			"the refund is %s already; nothing that is said later changes it", r.State)
	case (c.State == "completed" || c.State == "approved") && differs:
		t.Emit(&RefundFailed{r.of(), "another amount was paid than ordered; look at it with whoever pays",
			provider})
		return nil
	}
	switch c.State {
	case "completed":
		t.Emit(&RefundCompleted{r.of(), r.Amount, r.Currency, c.Answer, provider, false})
	case "approved":
		if r.State != Approved || c.Answer != "" && c.Answer != r.Answer {
			f := &RefundApproved{OfRefund: r.of(), Answer: cmp.Or(c.Answer, r.Answer), Provider: provider}
			if c.Again > 0 {
				f.Next = t.Now.Add(c.Again)
			}
			t.Emit(f)
		}
	case "failed", "rejected":
		if r.State != Failed {
			t.Emit(&RefundFailed{r.of(), cmp.Or(c.Detail, "refused without a reason"), provider})
		}
	case "pending", "unknown":
		if r.State != Pending {
			return nil
		}
		f := &RefundAsked{OfRefund: r.of(), Attempt: r.Attempts, Provider: provider, Detail: c.Detail}
		if c.Again > 0 {
			f.Next = t.Now.Add(c.Again)
		}
		if !f.Next.Equal(r.NextAt) || f.Detail != r.Detail || provider != r.Provider {
			t.Emit(f)
		}
	default:
		return ledger.Refuse(ledger.Invalid, "state",
			"must be approved, completed, failed, rejected or pending").At("/state")
	}
	return nil
}

// Decide asks again, with the same id.
func (c RetryRefund) Decide(t *visit.Turn) error {
	r, err := c.failed(t)
	if err != nil {
		return err
	}
	t.Emit(&RefundAsked{OfRefund: r.of(), Next: t.Now, Provider: r.Provider})
	if c.Now != nil {
		*c.Now, _ = Refunds.Get(t.State, c.ID)
	}
	return nil
}

func (c RetryRefund) failed(t *visit.Turn) (Refund, error) {
	if err := c.By.Must(t.State, people.SettleRefunds); err != nil {
		return Refund{}, err
	}
	r, ok := Refunds.Get(t.State, c.ID)
	if !ok {
		return r, ledger.Refuse(ledger.NotFound, "no-such-refund", "there is no refund with this id here")
	}
	if r.State != Failed {
		return r, ledger.Refuse(ledger.Conflict, "not-failed", "the refund is %s; only one that has failed "+
			"is tried again or paid another way", r.State)
	}
	return r, nil
}

// Decide pays it another way.
func (c RedirectRefund) Decide(t *visit.Turn) error {
	r, err := RetryRefund{By: c.By, ID: c.ID}.failed(t)
	if err != nil {
		return err
	}
	if !slices.Contains([]string{"gift_card", "cash", "transfer"}, c.Kind) {
		return ledger.Refuse(ledger.Invalid, "kind", "must be gift_card, cash or transfer").At("/kind")
	}
	id := "rf-" + strings.ReplaceAll(t.NewID(), "-", "")
	t.Emit(&RefundOrdered{
		OfRefund: OfRefund{id, r.Case, r.Order, r.Shop}, Items: r.Items, Kind: c.Kind, Amount: r.Amount,
		Currency: r.Currency, Replaces: r.ID, By: c.By.ID,
	})
	if c.Now != nil {
		*c.Now, _ = Refunds.Get(t.State, id)
	}
	return nil
}
