package core

import (
	"context"

	"cubby/locker/customers"
	"cubby/sync/notify"
)

// mostMessagesOf bounds how many messages about one thing are told, the newest first.
const mostMessagesOf = 100

// CustomerEverything adds the messages about somebody's parcels and returns.
func (s staff) CustomerEverything(ctx context.Context, id string) (customers.Everything, error) {
	all, err := s.Station.CustomerEverything(ctx, id)
	if err != nil || s.written == nil || s.written.notifier == nil {
		return all, err
	}
	var subjects []string
	for _, p := range all.Parcels {
		subjects = append(subjects, "parcels/"+p.ID)
	}
	for _, r := range all.Returns {
		subjects = append(subjects, "returns/"+r.ID)
	}
	for _, subject := range subjects {
		found, err := s.written.notifier.Messages(ctx, notify.Filter{Subject: subject, Limit: mostMessagesOf})
		if err != nil {
			return all, err
		}
		for _, m := range found {
			one := customers.MessageOf{
				Subject: m.Subject, Kind: string(m.Kind), Channel: m.Channel, State: string(m.State), Queued: m.Queued,
			}
			if !m.Done.IsZero() {
				one.Done = &m.Done
			}
			all.Messages = append(all.Messages, one)
		}
	}
	return all, nil
}
