package api

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"cubby/locker/ledger"
	"cubby/sync/rest"
)

// lenient reads the body of a station, which may be newer than this hub: members that are
// not known are passed over. What it does know must be of its type.
func lenient[T any](x *rest.Exchange) (value T, err error) {
	err = x.Body(func(b []byte) error {
		if !utf8.Valid(b) {
			return ledger.Refuse(ledger.Invalid, "not-utf8", "the body is not valid UTF-8")
		}
		err := json.Unmarshal(b, &value)
		if wrong, is := errors.AsType[*json.UnmarshalTypeError](err); is && wrong.Field != "" {
			return ledger.Refuse(ledger.Invalid, "wrong-type",
				"the value must be as the document at /v1/openapi.json has it").
				At("/" + strings.ReplaceAll(wrong.Field, ".", "/"))
		}
		if err != nil {
			return ledger.Refuse(ledger.Invalid, "malformed-json",
				"the body must be a JSON object, as the document at /v1/openapi.json has it")
		}
		return nil
	})
	return value, err
}

// poll reads, and waits up to wait for something that is not empty. happens gives the
// channel that is closed when it may be worth to read again.
func poll[T any](
	x *rest.Exchange, wait time.Duration, happens func() <-chan struct{},
	read func(context.Context) (page T, empty bool, err error),
) (page T, err error) {
	if x.Request().Method == "HEAD" {
		wait = 0
	}
	happened := happens() // before the read, so that no commit falls between
	page, empty, err := read(x.Context())
	if err != nil || !empty || wait == 0 {
		return page, err
	}
	leave, err := x.Park()
	if err != nil {
		return page, err
	}
	defer leave()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-happened:
		case <-timer.C:
			return page, nil
		case <-x.Closing():
			return page, nil
		case <-x.Request().Context().Done():
			return page, x.Request().Context().Err()
		}
		happened = happens()
		if page, empty, err = readOn(x, read); err != nil || !empty {
			return page, err
		}
	}
}

// readOn reads for a long poll that woke up, if its key is still valid.
func readOn[T any](
	x *rest.Exchange, read func(context.Context) (T, bool, error),
) (page T, empty bool, err error) {
	ctx, cancel := x.Fresh()
	defer cancel()
	ok, err := x.StillWelcome(ctx)
	if err != nil {
		return page, false, err
	}
	if !ok {
		return page, false, x.TurnAway()
	}
	return read(ctx)
}
