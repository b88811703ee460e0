package customers

import (
	"net/http"
	"time"

	"cubby/locker/customers"
	"cubby/sync/rest"
)

// preferBody is what somebody wants; what is left out stays.
type preferBody struct {
	Language *string   `json:"language"`
	Channel  *string   `json:"channel"`
	Wishes   *[]string `json:"wishes"   check:"most=16"`
	Receipt  *bool     `json:"receipt"`
}

func (f family) prefer(x *rest.Exchange, b preferBody) error {
	cond, err := f.condition(x)
	if err != nil {
		return err
	}
	r, err := f.station.PreferCustomer(x.Context(), customers.Prefer{
		ID: x.Var("id"), Language: b.Language, Channel: (*customers.Channel)(b.Channel), Wishes: b.Wishes,
		Receipt: b.Receipt, Condition: cond,
	}, x.Actor())
	if err != nil {
		return sameNotFound(err)
	}
	return answer(x, http.StatusOK, r)
}

// makeQR answers with what the new QR code says, once.
func (f family) makeQR(x *rest.Exchange) error {
	through, err := through(x)
	if err != nil {
		return err
	}
	cond, err := f.condition(x)
	if err != nil {
		return err
	}
	r, text, err := f.station.MakeCustomerQR(x.Context(), x.Var("id"), through, cond, x.Actor())
	if err != nil {
		return sameNotFound(err)
	}
	x.Tagged(rest.Tag(r.Rev))
	return x.Encode(http.StatusCreated, struct {
		QR   string    `json:"qr"`
		Made time.Time `json:"qr_made"`
	}{text, r.QR.Made.UTC()})
}

func (f family) endQR(x *rest.Exchange) error {
	through, err := through(x)
	if err == nil {
		err = f.station.EndCustomerQR(x.Context(), x.Var("id"), through, x.Actor())
	}
	if err != nil {
		return sameNotFound(err)
	}
	return x.Nothing()
}
