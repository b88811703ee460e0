package desk

import (
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// helpAt begins the line of the queue about somebody who asks for staff at a screen.
const helpAt = "help "

// answerHelp notes that whoever is signed in goes to the screen.
func answerHelp(t *visit.Turn, terminal string) error {
	if c, _ := visit.Calls.Get(t.State, terminal); !c.Open() {
		return ledger.Refuse(ledger.Stale, "stale-page", "somebody else has answered; act on the current view")
	}
	t.Emit(&visit.HelpAnswered{Terminal: terminal, By: who(t.Visit).ID})
	say(t, view.Message{ID: "help", Data: map[string]string{"Terminal": terminal}})
	return nil
}
