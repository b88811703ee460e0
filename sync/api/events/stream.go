package events

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/feed"
	"cubby/sync/rest"
	"cubby/sync/sse"
)

// keepAlive is how often a silent stream of events says that it lives.
const keepAlive = 15 * time.Second

// stream sends event after event; the id of each is the cursor behind it.
// Before the first it tells where it begins: cursor=now would be elsewhere later.
// A stream ends when its reader is gone or its key is revoked.
func (f family) stream(x *rest.Exchange, at feed.Cursor, limit int) error {
	leave, err := x.Park()
	if err != nil {
		return err
	}
	defer leave()
	st, err := x.Stream(f.cursorText(at, x.Client()))
	if err != nil {
		return x.Sent(err)
	}
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	ctx := x.Request().Context()
	withCodes := x.May(codes)
	for {
		if ok, err := x.StillWelcome(ctx); err != nil || !ok {
			return x.Sent(err)
		}
		changed := f.reader.FeedChanged()
		page, err := f.read(ctx, at, limit, withCodes)
		if err != nil {
			return x.Sent(err)
		}
		if page.Count > 0 {
			messages, err := f.messages(page, at, x.Client(), withCodes)
			if err != nil {
				return err
			}
			if st.Send(messages...) != nil {
				return nil // the reader is gone or dead
			}
			at = f.behind(page.Last, at, withCodes)
			alive.Reset(keepAlive)
			continue
		}
		select {
		case <-changed:
		case <-alive.C:
			if st.KeepAlive() != nil {
				return nil
			}
		case <-x.Closing():
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// messages makes one message of each event of a page that was read from at. None has a
// name, so that any reader of server-sent events hears it.
func (f family) messages(
	page ledger.FeedPage, at feed.Cursor, client string, withCodes bool,
) ([]sse.Message, error) {
	var events []json.RawMessage
	if err := json.Unmarshal(slices.Concat([]byte{'['}, page.Events, []byte{']'}), &events); err != nil {
		return nil, fmt.Errorf("a page of the feed behind %d cannot be read: %w", at.Seq, err)
	}
	list := make([]sse.Message, len(events))
	last := at.Seq
	for i, event := range events {
		var place struct {
			Sequence int64 `json:"sequence,string"`
		}
		if err := json.Unmarshal(event, &place); err != nil || place.Sequence <= last ||
			place.Sequence > page.Last {
			return nil, fmt.Errorf(
				"an event behind %d has no sequence that follows: %d, %v", last, place.Sequence, err)
		}
		last = place.Sequence
		list[i] = sse.Message{ID: f.cursorText(f.behind(last, at, withCodes), client), Data: event}
	}
	return list, nil
}
