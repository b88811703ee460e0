package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/db"
)

var errPrivate = errors.New("the address is of this machine or of a private network; the configuration " +
	"has to allow it")

// guard looks at the address that a name has turned out to be, right before it is asked.
func (s *Sender) guard(_, address string, _ syscall.RawConn) error {
	if s.cfg.AllowPrivate {
		return nil
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := at.Addr().Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || slices.ContainsFunc(special, func(p netip.Prefix) bool {
		return p.Contains(ip)
	}) {
		return errPrivate
	}
	return nil
}

// special are networks that look public and are not.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("240.0.0.0/4"), // RFC 1122, RFC 1112
	netip.MustParsePrefix("100.64.0.0/10"), // RFC 6598: carriers' own
	netip.MustParsePrefix("192.0.0.0/24"),  // RFC 6890
	netip.MustParsePrefix("198.18.0.0/15"), // RFC 2544: of benchmarks
	// RFC 6052: IPv4 behind a translator
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), // RFC 8215, RFC 3056
}

// post tries one delivery, and keeps what came of it. The error is one of the database.
func (s *Sender) post(ctx context.Context, d delivery) error {
	var e Endpoint
	var of secrets
	var body []byte
	err := s.cfg.DB.Write(ctx, func(tx *db.Tx) error {
		var sealed []byte
		var err error
		if e, sealed, err = s.endpoint(tx, d.endpoint); err != nil {
			return err
		}
		if of, err = s.unsealSecrets(sealed); err != nil {
			return err
		}
		if body, err = s.cfg.Vault.Unseal(d.sealed); err != nil {
			return errSealed
		}
		return nil
	})
	switch {
	case ledger.CodeOf(err) == ledger.NotFound: // it was removed
		return nil
	case errors.Is(err, errSealed):
		d.attempts = len(waits) // trying again is of no use
		return s.cfg.DB.Write(ctx, func(tx *db.Tx) error { return s.came(tx, d, 0, errSealed.Error(), 0) })
	case err != nil || e.Disabled != "":
		return err
	}
	status, after, err := s.try(ctx, e, of, d, body)
	if ctx.Err() != nil {
		return nil // it ends: the next start tries again
	}
	detail := ""
	if err != nil {
		detail = err.Error()
	}
	return s.cfg.DB.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		return s.came(tx, d, status, detail, after)
	})
}

// came keeps what came of a try.
func (s *Sender) came(tx *db.Tx, d delivery, status int, detail string, after time.Duration) (err error) {
	now := time.Now()
	switch {
	case status/100 == 2:
		_, err = tx.Exec("UPDATE webhook_deliveries SET state = 'done', sealed = NULL, attempts = attempts + 1, "+
			"ended = ?, status = ?, detail = '' WHERE n = ?", now.UnixMilli(), status, d.n)
	case status != http.StatusGone && d.attempts < len(waits):
		wait := waits[d.attempts]
		wait += time.Duration(s.cfg.Random() * float64(wait) / 5)
		_, err = tx.Exec("UPDATE webhook_deliveries SET attempts = attempts + 1, due = ?, status = ?, detail = ? "+
			"WHERE n = ?", now.Add(max(wait, after)).UnixMilli(), status, detail, d.n)
		return err
	default:
		s.cfg.Log.Error("a webhook is not delivered any more", "endpoint", d.endpoint, "event", d.event,
			"status", status)
		_, err = tx.Exec("UPDATE webhook_deliveries SET state = 'dead', attempts = attempts + 1, ended = ?, "+
			"status = ?, detail = ? WHERE n = ?", now.UnixMilli(), status, detail, d.n)
		if status == http.StatusGone && err == nil {
			_, err = tx.Exec("UPDATE webhook_endpoints SET disabled = ? WHERE id = ?",
				"it has answered 410: it is gone", d.endpoint)
		}
	}
	if err != nil {
		return err
	}
	return next(tx, d, now)
}

// try posts once. after is what the receiver asks to wait.
func (s *Sender) try(ctx context.Context, e Endpoint, of secrets, d delivery, body []byte) (status int,
	after time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	now := time.Now()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, bytes.NewReader(body))
	if err != nil {
		return 0, 0, err
	}
	var signatures []string
	for _, secret := range of.at(now) {
		one, err := Sign(secret, d.event, now, body)
		if err != nil {
			return 0, 0, err
		}
		signatures = append(signatures, one)
	}
	r.Header.Set("Content-Type", "application/cloudevents+json")
	r.Header.Set("User-Agent", "cubby-webhook/1")
	r.Header.Set(HeaderID, d.event)
	r.Header.Set(HeaderTimestamp, strconv.FormatInt(now.Unix(), 10))
	r.Header.Set(HeaderSignature, strings.Join(signatures, " "))
	a, err := s.http.Do(r)
	if err != nil {
		if errors.Is(err, errPrivate) {
			err = errPrivate
		} else if of, ok := errors.AsType[*url.Error](err); ok {
			err = of.Err // without the address, which may have a secret in it
		}
		return 0, 0, err
	}
	defer a.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(a.Body, mostAnswer)); err != nil &&
		a.StatusCode/100 == 2 {
		return 0, 0, fmt.Errorf("its answer was cut off: %w", err)
	}
	if n, bad := strconv.Atoi(a.Header.Get("Retry-After")); bad == nil && n > 0 {
		after = min(time.Duration(n)*time.Second, mostAfter)
	}
	if a.StatusCode/100 != 2 {
		err = fmt.Errorf("it answered %d", a.StatusCode)
	}
	return a.StatusCode, after, err
}
