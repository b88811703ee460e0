package client

import (
	"context"
	"net/url"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/wall"
)

// A Matter is something that needs somebody now.
type Matter struct {
	Kind        string     `json:"kind"`
	Harm        string     `json:"harm"` // ok, notice, warning, alarm
	Also        []string   `json:"also"`
	Compartment string     `json:"compartment"`
	Parcel      string     `json:"parcel_id"`
	Device      string     `json:"device"`
	Terminal    string     `json:"terminal"` // where somebody asks for staff
	Reason      string     `json:"reason"`
	Since       *time.Time `json:"since"`
	ToDo        string     `json:"what_to_do"`
}

// Queue lists what needs somebody now, the most harmful and oldest first.
func (c *Client) Queue(ctx context.Context) ([]Matter, error) {
	var list struct{ Queue []Matter }
	_, err := c.do(ctx, call{named: true, method: "GET", path: "/v1/queue"}, &list)
	return list.Queue, err
}

// OpenDoor has a door opened to look inside. Behind an occupied one second is what the
// badge of another person says. The outcome follows the answer.
func (c *Client) OpenDoor(ctx context.Context, number, reason, second string) (opening string, err error) {
	body := map[string]string{"reason": reason}
	if second != "" {
		body["second"] = second
	}
	var ordered struct{ Opening string }
	_, err = c.do(ctx, call{
		named: true, method: "POST", path: "/v1/compartments/" + url.PathEscape(number) + "/open", body: body,
	}, &ordered)
	return ordered.Opening, err
}

// EndAlarm ends the alarm of a door that was forced, and nothing else.
func (c *Client) EndAlarm(ctx context.Context, number, reason string) (wall.Compartment, error) {
	return c.operate(ctx, number, "end-alarm", reason)
}

// TakeToCounter says that a parcel was taken to the counter, or found again.
func (c *Client) TakeToCounter(ctx context.Context, id, reason string) (parcel.Parcel, error) {
	return c.handle(ctx, id, "counter", map[string]string{"reason": reason})
}

// HandOver gives a parcel at the counter to its customer: by its code, then the id may be
// empty; or for a reason. tail are the last digits of the phone that a valuable parcel needs.
func (c *Client) HandOver(ctx context.Context, id, code, tail, reason string) (p parcel.Parcel, err error) {
	body := map[string]string{"code": code}
	if tail != "" {
		body["phone_tail"] = tail
	}
	if code == "" {
		body = map[string]string{"reason": reason}
	}
	if id != "" {
		return c.handle(ctx, id, "hand-over", body)
	}
	_, err = c.do(ctx, call{named: true, method: "POST", path: "/v1/hand-over", body: body}, &p)
	return p, err
}

// WriteOff says that a parcel is gone.
func (c *Client) WriteOff(ctx context.Context, id, reason string) (parcel.Parcel, error) {
	return c.handle(ctx, id, "write-off", map[string]string{"reason": reason})
}

// SayStillThere says that a parcel that was to be checked is behind its door.
func (c *Client) SayStillThere(ctx context.Context, id string) (parcel.Parcel, error) {
	return c.handle(ctx, id, "still-there", nil)
}

func (c *Client) handle(ctx context.Context, id, what string,
	body map[string]string) (p parcel.Parcel, err error) {
	q := call{named: true, method: "POST", path: "/v1/parcels/" + url.PathEscape(id) + "/" + what}
	if body != nil {
		q.body = body
	}
	_, err = c.do(ctx, q, &p)
	return p, err
}

// SeeRecipient tells what is known of a recipient. Each look is in the log.
func (c *Client) SeeRecipient(ctx context.Context, id string) (r parcel.Recipient, err error) {
	_, err = c.do(ctx,
		call{named: true, method: "GET", path: "/v1/parcels/" + url.PathEscape(id) + "/recipient"}, &r)
	return r, err
}
