package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	qrcode "github.com/skip2/go-qrcode"

	"cubby/assets/demo"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/wall"
	"cubby/sync/client"
	"cubby/sync/problem"
)

func (t *tool) status(ctx context.Context, args []string) error {
	if err := want(args, 0, 0, "status"); err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	if err := c.Ready(ctx); err != nil {
		return err
	}
	all, err := c.Compartments(ctx)
	if err != nil {
		return err
	}
	doors := map[door.State]int{}
	allocation := map[wall.Allocation]int{}
	for _, box := range all {
		doors[box.Door]++
		allocation[box.Allocation]++
	}
	fmt.Fprintf(t.out, "the core serves\ndoors: %d closed, %d open, %d unknown\ncompartments: %d free, "+
		"%d occupied, "+
		"%d reserved, %d in quarantine, %d out of service\n",
		doors[door.Closed], doors[door.Open], doors[door.Unknown], allocation[wall.Free],
		allocation[wall.Occupied],
		allocation[wall.Reserved]+allocation[wall.SoftReserved], allocation[wall.Quarantine],
		allocation[wall.OutOfService])
	return nil
}

func (t *tool) table(head string, rows func(w io.Writer)) error {
	w := tabwriter.NewWriter(t.out, 2, 0, 2, ' ', 0)
	fmt.Fprintln(w, head)
	rows(w)
	return w.Flush()
}

func (t *tool) doors(ctx context.Context, args []string) error {
	if err := want(args, 0, 0, "doors"); err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	all, err := c.Compartments(ctx)
	if err != nil {
		return err
	}
	return t.table("DOOR\tSIZE\tSTATE\tLOCK\tALLOCATION\tCONTENTS\tPARCEL\tOPENINGS\tREASON",
		func(w io.Writer) {
			for _, b := range all {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", b.Number, b.Size, b.Door, b.Lock,
					b.Allocation,
					b.Contents, b.Parcel, b.Openings, b.Reason)
			}
		})
}

func (t *tool) restore(ctx context.Context, args []string) error {
	return t.setDoor(ctx, args, "restore DOOR REASON", (*client.Client).Restore)
}

func (t *tool) outOfService(ctx context.Context, args []string) error {
	return t.setDoor(ctx, args, "out-of-service DOOR REASON", (*client.Client).OutOfService)
}

func (t *tool) setDoor(ctx context.Context, args []string, form string,
	set func(*client.Client, context.Context, string, string) (wall.Compartment, error)) error {
	if err := want(args, 2, 2, form); err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	box, err := set(c, ctx, args[0], args[1])
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "door %s is %s\n", box.Number, box.Allocation)
	return nil
}

// heldSince says since when and why a parcel is held; nothing when it is not.
func (t *tool) heldSince(p parcel.Parcel) string {
	if p.OnHold == nil {
		return ""
	}
	since := "since " + t.moment(p.OnHold.Since)
	if p.OnHold.Centre {
		since += " by the centre"
	}
	return strings.TrimSuffix(since+": "+p.OnHold.Reason, ": ")
}

func (t *tool) hold(ctx context.Context, args []string) error {
	return t.setHold(ctx, args, "hold PARCEL [REASON]", (*client.Client).Hold)
}

func (t *tool) release(ctx context.Context, args []string) error {
	return t.setHold(ctx, args, "release PARCEL [REASON]", (*client.Client).Release)
}

type holding func(c *client.Client, ctx context.Context, id, reason string,
	cond ledger.Condition) (parcel.Parcel, error)

func (t *tool) setHold(ctx context.Context, args []string, form string, set holding) error {
	if err := want(args, 1, 2, form); err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	reason := ""
	if len(args) == 2 {
		reason = args[1]
	}
	p, err := set(c, ctx, args[0], reason, ledger.Condition{})
	if err != nil {
		return err
	}
	if p.OnHold != nil {
		fmt.Fprintf(t.out, "parcel %s is held %s\n", p.ID, t.heldSince(p))
		return nil
	}
	fmt.Fprintf(t.out, "parcel %s is not held; it is %s\n", p.ID, p.State)
	return nil
}

// newCode gives a parcel another code. It is not printed here: whoever is to have it is
// told as with the first one.
func (t *tool) newCode(ctx context.Context, args []string) error {
	if err := want(args, 1, 2, "new-code PARCEL [REASON]"); err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	reason := ""
	if len(args) == 2 {
		reason = args[1]
	}
	p, err := c.ReissueCode(ctx, args[0], reason, ledger.Condition{})
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "parcel %s has another code; the one before opens nothing any more\n", p.ID)
	return nil
}

func (t *tool) revokeCode(ctx context.Context, args []string) error {
	if err := want(args, 1, 1, "revoke-code PARCEL"); err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	p, err := c.RevokeCode(ctx, args[0], ledger.Condition{})
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "no code opens parcel %s until it gets another one (cubbyctl new-code)\n", p.ID)
	return nil
}

func (t *tool) erase(ctx context.Context, args []string) error {
	if err := want(args, 1, 1, "erase PARCEL"); err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	p, err := c.EraseRecipient(ctx, args[0])
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "nothing is kept of the recipient of %s, which is %s\n", p.ID, p.State)
	return nil
}

func (t *tool) parcels(ctx context.Context, args []string) error {
	if err := want(args, 0, 2, "parcels [STATE | label TEXT]"); err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	query := client.ParcelQuery{}
	switch {
	case len(args) == 2 && args[0] == "label":
		query.Label = args[1]
	case len(args) == 1:
		query.State = parcel.State(args[0])
	case len(args) == 2:
		return want(args, 0, 1, "parcels [STATE | label TEXT]")
	}
	page, next, err := c.Parcels(ctx, query)
	if err != nil {
		return err
	}
	shown := t.table("PARCEL\tSTATE\tLABEL\tORDER\tDOOR\tDEADLINE\tHELD", func(w io.Writer) {
		for {
			for _, p := range page {
				deadline := ""
				if p.Deadline != nil {
					deadline = t.moment(*p.Deadline)
					if p.Paused != nil {
						deadline += " (stands still: " + p.Paused.Reason + ")"
					}
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.ID, p.State,
					strings.Join(append([]string{p.Label}, p.Labels...), ","), p.OrderID,
					p.Compartment, deadline,
					t.heldSince(p))
			}
			if query.Page = next; next == "" {
				return
			}
			if page, next, err = c.Parcels(ctx, query); err != nil {
				return
			}
		}
	})
	return errors.Join(err, shown) // what was read is shown
}

func (t *tool) qr(_ context.Context, args []string) error {
	if err := want(args, 2, 2, "qr TEXT|- FILE.png"); err != nil {
		return err
	}
	text := args[0]
	if text == "-" { // keeps a code out of the list of processes
		b, err := io.ReadAll(io.LimitReader(t.in, 4096))
		if err != nil {
			return err
		}
		text = strings.TrimRight(string(b), "\r\n")
	}
	return drawQR(text, args[1])
}

func (t *tool) demo(ctx context.Context, args []string) error {
	if err := want(args, 0, 0, "demo"); err != nil {
		return err
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	var parcels map[string]parcel.Announcement
	if err := json.Unmarshal(demo.Parcels, &parcels); err != nil {
		return err
	}
	ids := make([]string, 0, len(parcels))
	for id := range parcels {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	kept := 0
	for _, id := range ids {
		_, _, err := c.Announce(ctx, id, parcels[id], ledger.Condition{IfNoneMatchAny: true})
		var p *problem.Problem
		switch {
		case errors.As(err, &p) && p.Status == http.StatusPreconditionFailed:
			kept++ // it is there from an earlier time, wherever it is now
		case err != nil:
			return fmt.Errorf("parcel %s: %w", id, err)
		}
	}
	fmt.Fprintf(t.out, "%d demo parcels announced, %d were there already\n", len(ids)-kept, kept)
	return nil
}

// drawQR writes a QR code as a PNG file that only its owner can read. Codes in
// capitals and digits get the compact alphanumeric mode.
func drawQR(text, path string) error {
	png, err := qrcode.Encode(text, qrcode.Medium, 480)
	if err != nil {
		return fmt.Errorf("this text cannot be drawn as a QR code: %w", err)
	}
	return os.WriteFile(path, png, 0o600)
}
