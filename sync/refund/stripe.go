package refund

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Config describes a provider that is asked over HTTPS.
type Config struct {
	Name    string
	URL     string        // its address without "/v1/refunds"; https, or http to this machine
	KeyFile string        // the secret key, for its owner only; read for each order
	Timeout time.Duration // of one request; default 20 s
}

// Stripe is a provider that speaks as Stripe does: POST and GET /v1/refunds with forms,
// an Idempotency-Key, and JSON in answers.
//
// Stripe forgets a key a day after its first use, and an order may wait for three. So each
// order is looked for among the refunds of its payment before it is given, by the id that
// stands in the metadata; the key keeps two orders at the same moment from being two refunds.
type Stripe struct {
	cfg    Config
	base   *url.URL
	client *http.Client
}

const (
	usualTimeout = 20 * time.Second
	answerBytes  = 1 << 20 // of an answer; a page of 100 refunds has about 100 KiB
	triesAtOnce  = 3
	firstPause   = 500 * time.Millisecond // doubled with each try
	longestPause = 10 * time.Second       // a longer one is for the caller
	pageSize     = 100
	pagesMost    = 10
)

// CheckURL says what is wrong with the address of a provider: its key must not cross a
// network in the clear.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return errors.New("is not an address such as \"https://api.stripe.com\"")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("has more than a name and a path: leave out user, query and fragment")
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	}
	return errors.New("is not encrypted: https, or http to this machine alone")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// NewStripe makes the provider. It asks nobody.
func NewStripe(cfg Config) (*Stripe, error) {
	if err := CheckURL(cfg.URL); err != nil {
		return nil, fmt.Errorf("the address of %s %w", cfg.Name, err)
	}
	base, err := url.Parse(strings.TrimRight(cfg.URL, "/"))
	if err != nil {
		return nil, err
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = usualTimeout
	}
	s := &Stripe{cfg: cfg, base: base}
	s.client = s.with(&http.Transport{
		Proxy: http.ProxyFromEnvironment, MaxConnsPerHost: 4, IdleConnTimeout: time.Minute,
		TLSHandshakeTimeout: cfg.Timeout, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
	})
	return s, nil
}

// with never follows: another address must not get the key.
func (s *Stripe) with(t http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Refund asks for the money, or for what has become of it.
func (s *Stripe) Refund(ctx context.Context, o Order) Answer {
	amount, why := stripeAmount(o.Amount, o.Currency)
	if why == "" {
		why = wrong(o)
	}
	if why != "" {
		return Answer{State: Rejected, Detail: why}
	}
	key, err := ReadKey(s.cfg.KeyFile)
	if err != nil {
		return Answer{State: Unknown, Detail: err.Error(), Trouble: KeyRefused}
	}
	w := work{Stripe: s, key: key, order: o, amount: amount}
	if o.Given != "" {
		return w.state(ctx)
	}
	a, found := w.find(ctx)
	switch {
	case found && a.State != Rejected:
		return a
	case found && time.Since(o.Ordered) > keyLives:
		return w.unknown("the provider does not say whether it was paid: " + a.Detail)
	}
	return w.give(ctx) // whose refusal is about the refund, and not about a list
}

// keyLives is for how long a provider surely knows a key again. After that only the list
// of refunds tells whether the order was paid.
const keyLives = 23 * time.Hour

// wrong says why an order is not passed on.
func wrong(o Order) string {
	switch {
	case o.Amount <= 0:
		return "the amount is not more than zero"
	case o.Reference == "":
		return "the tender came without the reference of its payment"
	case !token(o.Reference) || !token(o.ID):
		return "the reference of the payment has characters that no reference has"
	case o.Given != "" && (!token(o.Given) || strings.Trim(o.Given, ".") == ""):
		return "the reference of the refund has characters that no reference has"
	}
	return ""
}

// token reports whether a text is an id as providers and we make them.
func token(s string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:"
	return len(s) >= 1 && len(s) <= 255 && strings.Trim(s, letters) == ""
}

// A work is one order on its way.
type work struct {
	*Stripe
	key    string
	order  Order
	amount int64 // as the provider counts
}

// payment is the form's member that names the payment.
func (w work) payment() string {
	if strings.HasPrefix(w.order.Reference, "ch_") || strings.HasPrefix(w.order.Reference, "py_") {
		return "charge"
	}
	return "payment_intent"
}

// give orders the refund. Its form is the same with each attempt: a provider compares them.
func (w work) give(ctx context.Context) Answer {
	form := url.Values{
		w.payment(): {w.order.Reference}, "amount": {strconv.FormatInt(w.amount, 10)},
		"currency":         {strings.ToLower(w.order.Currency)},
		"metadata[refund]": {w.order.ID}, "metadata[case]": {w.order.Case}, "metadata[order]": {w.order.OrderID},
	}
	reply, a := w.ask(ctx, http.MethodPost, "/v1/refunds", form)
	if reply == nil {
		return a
	}
	return w.read(reply)
}

// state asks what has become of a refund that the provider has named.
func (w work) state(ctx context.Context) Answer {
	reply, a := w.ask(ctx, http.MethodGet, "/v1/refunds/"+url.PathEscape(w.order.Given), nil)
	if reply == nil {
		if a.State == Rejected { // of the question, not of the refund
			a.State = Unknown
		}
		return a
	}
	return w.read(reply)
}

// find looks for the refund among those of its payment. Found is false when it was never
// ordered, and true with an unknown state as long as nobody can say.
func (w work) find(ctx context.Context) (a Answer, found bool) {
	query := url.Values{w.payment(): {w.order.Reference}, "limit": {strconv.Itoa(pageSize)}}
	for range pagesMost {
		reply, a := w.ask(ctx, http.MethodGet, "/v1/refunds?"+query.Encode(), nil)
		if reply == nil {
			return a, true
		}
		page, err := readPage(reply)
		if err != nil {
			return w.unknown("the list of refunds cannot be understood: " + err.Error()), true
		}
		for _, one := range page.Data {
			if one.Metadata["refund"] == w.order.ID {
				return w.judge(one), true
			}
		}
		if !page.HasMore {
			return Answer{}, false
		}
		if len(page.Data) == 0 || !token(page.Data[len(page.Data)-1].ID) {
			break
		}
		query.Set("starting_after", page.Data[len(page.Data)-1].ID)
	}
	return w.unknown("the list of refunds of this payment has no end"), true
}

// ask sends one question, again after a pause where the provider wants that. Without a
// reply the answer says why.
func (w work) ask(ctx context.Context, method, path string, form url.Values) ([]byte, Answer) {
	pause := firstPause
	for try := 1; ; try++ {
		reply, a, again := w.once(ctx, method, path, form)
		wait := max(rand.N(pause), a.After) // full jitter
		if !again || try == triesAtOnce || wait > longestPause {
			return reply, a
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return reply, a
		}
		pause *= 2
	}
}

func (w work) once(ctx context.Context, method, path string, form url.Values) (reply []byte, a Answer,
	again bool) {
	ctx, cancel := context.WithTimeout(ctx, w.cfg.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, w.base.String()+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, w.unknown("the question cannot be written"), false
	}
	r.Header.Set("Authorization", "Bearer "+w.key)
	r.Header.Set("Accept", "application/json")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Idempotency-Key", w.order.ID)
	}
	answer, err := w.client.Do(r)
	if err != nil {
		return nil, w.unreachable(err), false
	}
	defer answer.Body.Close()
	reply, err = io.ReadAll(io.LimitReader(answer.Body, answerBytes+1))
	if err != nil {
		return nil, w.unreachable(err), false
	}
	a, again = w.status(answer, reply)
	if a.State != "" {
		return nil, a, again
	}
	return reply, a, false
}

// unreachable leaves the address out: it holds references.
func (w work) unreachable(err error) Answer {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %s", w.cfg.Timeout)
	}
	a := w.unknown(err.Error())
	a.Trouble = Unreachable
	return a
}

func (w work) unknown(why string) Answer { return Answer{State: Unknown, Detail: w.clean(why)} }
