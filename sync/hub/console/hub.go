package console

import (
	"context"
	"encoding/json"
	"time"

	"cubby/locker/parcel"
	"cubby/sync/hub"
	"cubby/sync/webhook"
)

// Hub is what the console needs of a hub. by is who does it, as "user:NAME". What is not
// done is refused with a *ledger.Refusal, whose sentence is shown.
type Hub interface {
	SignIn(ctx context.Context, name, password string) (hub.User, error)
	User(ctx context.Context, name string) (hub.User, error)
	Users(ctx context.Context) ([]hub.User, error)

	Stations(ctx context.Context) ([]hub.Station, error)
	Station(ctx context.Context, id string) (hub.Station, error)
	Doors(ctx context.Context, station string) ([]hub.Door, error)
	Devices(ctx context.Context, station string) ([]hub.Device, error)
	Troubles(ctx context.Context, station string) ([]hub.Trouble, error)

	Invite(ctx context.Context, by, name, address string, lat, lon *float64) (
		s hub.Station, invitation string, err error)
	Rename(ctx context.Context, by, station, name string) error
	Rekey(ctx context.Context, by, station string) (invitation string, err error)
	Place(ctx context.Context, by, station, address string, lat, lon *float64) error
	Remove(ctx context.Context, by, station string) error

	Parcels(ctx context.Context, f hub.ParcelFilter) (page []hub.Parcel, next string, err error)
	Parcel(ctx context.Context, station, id string) (hub.Parcel, error)
	Announce(ctx context.Context, by, station, id string, announcement json.RawMessage) error
	CancelParcel(ctx context.Context, by, station, id string) error
	HoldParcel(ctx context.Context, by, station, id, kind, reason string) error
	RedirectParcel(ctx context.Context, by, station, id, to, reason string) error
	RecallParcel(ctx context.Context, by, station, id, reason string) error
	StayParcel(ctx context.Context, by, station, id, why string) error
	Cases(ctx context.Context, f hub.CaseFilter) (page []hub.Case, next string, err error)
	ReleaseParcel(ctx context.Context, by, station, id string) error
	ReissueCode(ctx context.Context, by, station, id, reason string) error
	RevokeCode(ctx context.Context, by, station, id, reason string) error

	Command(ctx context.Context, by, station string, o hub.CommandOrder) (hub.Command, error)
	OneCommand(ctx context.Context, station, id string) (hub.Command, error)
	Commands(ctx context.Context, f hub.CommandFilter) ([]hub.Command, error)

	Facts(ctx context.Context, f hub.FactFilter) ([]hub.Fact, error)
	Heard() <-chan struct{}
	LookedAt(ctx context.Context, by string, n int64) error
	ShowContact(ctx context.Context, by, station, id, reason string) (parcel.Recipient, error)
	ShowCode(ctx context.Context, by, station, id, reason string) (code, pin string, err error)

	MakeToken(ctx context.Context, by, station string, n hub.NewToken) (t hub.Token, text string, err error)
	Tokens(ctx context.Context, f hub.TokenFilter) (page []hub.Token, next string, err error)
	DenyToken(ctx context.Context, by, station, id string) error

	AddUser(ctx context.Context, by, name string, role hub.Role, password string) error
	SetPassword(ctx context.Context, by, name, password string) error
	RemoveUser(ctx context.Context, by, name string) error
	Keys(ctx context.Context) ([]hub.Key, error)
	AddKey(ctx context.Context, by, name string, scopes []string) (token string, err error)
	RotateKey(ctx context.Context, by, name string, overlap time.Duration) (token string, err error)
	RevokeKey(ctx context.Context, by, name string) error
	Accounts(ctx context.Context) ([]hub.Account, error)
	AddCourier(ctx context.Context, by, name, station string) (id, badge, pin string, err error)
	RemoveCourier(ctx context.Context, by, id string) error
	AddStaff(ctx context.Context, by, name, role, station string) (id, badge, pin string, err error)
	RemoveStaff(ctx context.Context, by, id string) error
	Policies(ctx context.Context) ([]hub.Policy, error)
	PutPolicy(ctx context.Context, by, shop, toml string) error
	DropPolicy(ctx context.Context, by, shop string) error
	Texts(ctx context.Context) ([]hub.Text, error)
	PutText(ctx context.Context, by, name string, text map[string]string) error
	DropText(ctx context.Context, by, name string) error
	Actions(ctx context.Context, before time.Time, limit int) ([]hub.Action, error)

	Webhooks(ctx context.Context) ([]webhook.Endpoint, error)
	AddWebhook(ctx context.Context, by, url string, filters []string, secret string) (
		e webhook.Endpoint, told string, err error)
	ChangeWebhook(ctx context.Context, by, id string, c webhook.Change) (webhook.Endpoint, error)
	RotateWebhook(ctx context.Context, by, id string) (secret string, err error)
	RemoveWebhook(ctx context.Context, by, id string) error
	WebhookCounts(ctx context.Context) ([]webhook.Count, error)
	Deliveries(ctx context.Context, f webhook.Filter) ([]webhook.Delivery, error)
	ReplayWebhook(ctx context.Context, by, id string) (count int64, err error)

	Orders(ctx context.Context, f hub.OrderFilter) (list []hub.Order, next string, err error)
	Order(ctx context.Context, id string) (hub.Order, error)
	PutOrder(ctx context.Context, by, id string, body json.RawMessage, stations []string) error
	CancelOrder(ctx context.Context, by, id string) error
	GrantLease(ctx context.Context, by, order, line, station string) error
	Returns(ctx context.Context, f hub.ReturnFilter) (list []hub.Return, next string, err error)
	Return(ctx context.Context, station, id string) (hub.Return, error)
	AnswerReturn(ctx context.Context, by, station, id string, agree bool, reason string) error
	Refunds(ctx context.Context, f hub.RefundFilter) (list []hub.Refund, next string, err error)
	SettleRefund(ctx context.Context, by, station, id, state, reference string) error
	Messages(ctx context.Context, f hub.MessageFilter) (all []hub.Message, next string, err error)
}
