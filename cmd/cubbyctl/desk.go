package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"cubby/locker/door"
	"cubby/locker/parcel"
	"cubby/locker/wall"
	"cubby/sync/client"
)

// What staff do at a desk, by name (--badge), or as the account of the tools.

// queue lists what needs somebody now.
func (t *tool) queue(ctx context.Context, args []string) error {
	if err := want(args, 0, 0, "queue"); err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	all, err := c.Queue(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(t.out, "nothing needs anybody now")
		return nil
	}
	return t.table("KIND\tHARM\tDOOR\tPARCEL\tSINCE\tWHY\tWHAT TO DO", func(w io.Writer) {
		for _, m := range all {
			since := ""
			if m.Since != nil {
				since = t.moment(*m.Since)
			}
			why := m.Reason
			if m.Terminal != "" {
				why = "at the screen " + m.Terminal
			}
			if m.Device != "" {
				why = strings.TrimSuffix(m.Device+": "+m.Reason, ": ")
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
				strings.Join(append([]string{m.Kind}, m.Also...), ","),
				m.Harm, m.Compartment, m.Parcel, since, why, m.ToDo)
		}
	})
}

// openedWithin is how long the outcome of an opening is waited for.
const openedWithin = 6 * time.Second

// open opens a door to look inside, and says what came of it.
func (t *tool) open(ctx context.Context, args []string) error {
	const form = "open DOOR --reason TEXT [--second BADGE]"
	args, second, err := cutOption(args, "--second")
	if err != nil {
		return err
	}
	number, reason, err := reasoned(args, form)
	if err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	if _, err := c.OpenDoor(ctx, number, reason, second); err != nil {
		return err
	}
	lock := wall.LockPulsing
	until := time.Now().Add(openedWithin)
	for time.Now().Before(until) {
		all, err := c.Compartments(ctx)
		if err != nil {
			return fmt.Errorf("door %s was told to open; what came of it cannot be read: %w", number, err)
		}
		for _, b := range all {
			if b.Number != number {
				continue
			}
			if lock = b.Lock; b.Door == door.Open {
				fmt.Fprintf(t.out, "door %s is open; look inside, close it, then say what was behind it\n",
					number)
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	why := map[wall.LockState]string{
		wall.LockJammed:      "push it and try again, or call a technician",
		wall.LockUnreachable: "its lock board does not answer: look at its supply and its plug",
		wall.LockIdle:        "a lock rests after several openings: try again in a minute",
	}[lock]
	return fmt.Errorf("door %s was told to open and was not seen open; its lock is %s. %s", number, lock, why)
}

func (t *tool) endAlarm(ctx context.Context, args []string) error {
	number, reason, err := reasoned(args, "end-alarm DOOR --reason TEXT")
	if err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	box, err := c.EndAlarm(ctx, number, reason)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "there is no alarm for door %s; it is %s\n", box.Number, box.Allocation)
	return nil
}

func (t *tool) counter(ctx context.Context, args []string) error {
	return t.afterReason(ctx, args, "counter PARCEL --reason TEXT", (*client.Client).TakeToCounter)
}

func (t *tool) writeOff(ctx context.Context, args []string) error {
	return t.afterReason(ctx, args, "write-off PARCEL --reason TEXT", (*client.Client).WriteOff)
}

// afterReason does something with a parcel for a reason.
func (t *tool) afterReason(ctx context.Context, args []string, form string,
	do func(*client.Client, context.Context, string, string) (parcel.Parcel, error)) error {
	id, reason, err := reasoned(args, form)
	if err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	return t.afterwards(do(c, ctx, id, reason))
}

func (t *tool) stillThere(ctx context.Context, args []string) error {
	if err := want(args, 1, 1, "still-there PARCEL"); err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	return t.afterwards(c.SayStillThere(ctx, args[0]))
}

func (t *tool) handOver(ctx context.Context, args []string) error {
	const form = "hand-over [PARCEL] --code CODE|- [--phone DIGITS] | hand-over PARCEL --reason TEXT"
	args, code, err := cutOption(args, "--code")
	if err != nil {
		return err
	}
	args, tail, err := cutOption(args, "--phone")
	if err != nil {
		return err
	}
	args, reason, err := cutOption(args, "--reason")
	if err != nil {
		return err
	}
	if len(args) > 1 || (code == "") == (reason == "") || code == "" && len(args) == 0 {
		return fmt.Errorf("usage: cubbyctl %s", form)
	}
	if code == "-" { // keeps it out of the list of processes
		b, err := io.ReadAll(io.LimitReader(t.in, 4096))
		if err != nil {
			return err
		}
		if code = strings.TrimSpace(string(b)); code == "" {
			return errors.New("no code came in; scan or type it, then end the input")
		}
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	return t.afterwards(c.HandOver(ctx, strings.Join(args, ""), code, tail, reason))
}

// afterwards says how a parcel is now.
func (t *tool) afterwards(p parcel.Parcel, err error) error {
	if err != nil {
		return err
	}
	line := fmt.Sprintf("parcel %s is %s", p.ID, p.State)
	if p.Compartment != "" {
		line += " behind door " + p.Compartment
	}
	if p.ToCheck {
		line += ", to be checked"
	}
	fmt.Fprintln(t.out, line)
	return nil
}

func (t *tool) recipient(ctx context.Context, args []string) error {
	if err := want(args, 1, 1, "recipient PARCEL"); err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	r, err := c.SeeRecipient(ctx, args[0])
	if err != nil {
		return err
	}
	if r == (parcel.Recipient{}) {
		fmt.Fprintf(t.out, "nothing is kept of the recipient of %s\n", args[0])
		return nil
	}
	return t.table("NAME\tPHONE\tE-MAIL\tLANGUAGE", func(w io.Writer) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Name, r.Phone, r.Email, r.Language)
	})
}

// reasoned takes what a command is about, and the reason, apart.
func reasoned(args []string, form string) (about, reason string, err error) {
	args, reason, err = cutOption(args, "--reason")
	if err == nil && (reason == "" || len(args) != 1) {
		err = fmt.Errorf("usage: cubbyctl %s", form)
	}
	if err != nil {
		return "", "", err
	}
	return args[0], reason, nil
}

// personal are the commands that are done by a person.
var personal = []string{
	"status", "doors", "devices", "queue", "open", "restore", "out-of-service", "end-alarm", "parcels",
	"story", "hold",
	"release", "new-code", "revoke-code", "counter", "hand-over", "write-off", "still-there",
	"recipient", "courier", "staff",
	"order", "return", "refund", "stock",
}

// named takes --badge out of a command's words.
func (t *tool) named(words []string) ([]string, error) {
	words, badge, err := cutOption(words, "--badge")
	if err != nil {
		return nil, err
	}
	if badge != "" {
		t.badge, t.badgeGiven = badge, true
	}
	if t.badgeGiven && !slices.Contains(personal, words[0]) {
		return nil, fmt.Errorf("%s is nothing that a person of the staff does; leave --badge out", words[0])
	}
	return words, nil
}
