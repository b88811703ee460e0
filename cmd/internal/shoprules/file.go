package shoprules

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"cubby/locker/returns/policy"
)

// file is what can be written in a file of rules. The tags are the schema, as in the
// station's configuration.
type file struct {
	Shop     string   `toml:"shop" required:"true"`
	Currency string   `toml:"currency" required:"true"`
	Country  string   `toml:"country" default:""`
	Weekend  []string `toml:"weekend" default:"saturday,sunday"`
	Holidays []date   `toml:"holidays"`

	ReceiptNeeded   bool   `toml:"receipt_needed" default:"false"`
	GiftReceipts    bool   `toml:"gift_receipts" default:"true"`
	FreeGifts       string `toml:"free_gifts" default:"keep" oneof:"keep,deduct"`
	FaultyMoney     bool   `toml:"faulty_money" default:"false"`
	RefundShipping  string `toml:"refund_shipping" default:"none" oneof:"none,standard,paid"`
	OverrideCeiling amount `toml:"override_ceiling"`

	Windows      []window      `toml:"window"`
	Seasons      []season      `toml:"season"`
	Categories   []category    `toml:"category"`
	Conditions   []condition   `toml:"condition"`
	Limits       []limit       `toml:"limit"`
	Fees         []fee         `toml:"fee"`
	Ways         []way         `toml:"way"`
	Instant      []instant     `toml:"instant"`
	Keep         keep          `toml:"keep_item"`
	Reasons      []reason      `toml:"reason"`
	Dispositions []disposition `toml:"disposition"`
	Cases        []shopCase    `toml:"case"`
}

type window struct {
	Name        string   `toml:"name" required:"true"`
	Days        int      `toml:"days" required:"true" min:"-1" max:"3650"`
	From        string   `toml:"from" default:"delivery" oneof:"delivery,purchase"`
	BusinessDay bool     `toml:"business_day" default:"false"`
	Categories  []string `toml:"categories"`
	Classes     []string `toml:"classes"`
	Channels    []string `toml:"channels"`
	Countries   []string `toml:"countries"`
}

type season struct {
	Name       string   `toml:"name" required:"true"`
	First      date     `toml:"bought_from" required:"true"`
	Last       date     `toml:"bought_to" required:"true"`
	Until      date     `toml:"until" required:"true"`
	Categories []string `toml:"categories"`
	Classes    []string `toml:"classes"`
	Channels   []string `toml:"channels"`
	Countries  []string `toml:"countries"`
}

type category struct {
	Name       string `toml:"name" required:"true"`
	Kind       string `toml:"kind" default:"ordinary"`
	Take       string `toml:"take" default:""`
	Serial     string `toml:"serial" default:"no" oneof:"no,ask,must"`
	NoReturnCN bool   `toml:"no_return_cn" default:"false"`
}

type condition struct {
	Name       string   `toml:"name" required:"true"`
	Is         []string `toml:"is" required:"true"`
	Take       bool     `toml:"take" default:"false"`
	Percent    int      `toml:"keep_percent" default:"0" min:"0" max:"100"`
	Categories []string `toml:"categories"`
	Classes    []string `toml:"classes"`
	Channels   []string `toml:"channels"`
	Countries  []string `toml:"countries"`
}

type limit struct {
	Name       string   `toml:"name" required:"true"`
	Back       []string `toml:"back"`
	Quantity   int      `toml:"quantity" default:"0" min:"0" max:"100000"`
	Amount     amount   `toml:"amount"`
	Returns    int      `toml:"returns_90_days" default:"0" min:"0" max:"10000"`
	Categories []string `toml:"categories"`
	Classes    []string `toml:"classes"`
	Channels   []string `toml:"channels"`
	Countries  []string `toml:"countries"`
}

type fee struct {
	Name       string   `toml:"name" required:"true"`
	Kind       string   `toml:"kind" required:"true" oneof:"return,restocking"`
	By         string   `toml:"by" oneof:"customer,shop" default:"customer"`
	Amount     amount   `toml:"amount"`
	Percent    int      `toml:"percent" default:"0" min:"0" max:"100"`
	Back       []string `toml:"back"`
	Reasons    []string `toml:"reasons"`
	Categories []string `toml:"categories"`
	Classes    []string `toml:"classes"`
	Channels   []string `toml:"channels"`
	Countries  []string `toml:"countries"`
}

type way struct {
	Name       string   `toml:"name" required:"true"`
	Back       []string `toml:"back"`
	Take       bool     `toml:"take" required:"true"`
	Categories []string `toml:"categories"`
	Classes    []string `toml:"classes"`
	Channels   []string `toml:"channels"`
	Countries  []string `toml:"countries"`
}

type instant struct {
	Name string `toml:"name" required:"true"`
	Risk string `toml:"risk" required:"true" oneof:"low,medium,high"`
	UpTo amount `toml:"up_to" required:"true"`
}

type keep struct {
	Handling amount `toml:"handling"`
	Risk     string `toml:"risk" default:"low" oneof:"low,medium,high"`
	Times    int    `toml:"returns_90_days" default:"2" min:"0" max:"10000"`
}

type reason struct {
	Name       string            `toml:"name" required:"true"`
	Say        map[string]string `toml:"say"`
	Text       bool              `toml:"text" default:"false"`
	Photo      bool              `toml:"photo" default:"false"`
	Faulty     bool              `toml:"faulty" default:"false"`
	Categories []string          `toml:"categories"`
}

type disposition struct {
	Name       string   `toml:"name" required:"true"`
	Grade      string   `toml:"grade" required:"true"`
	To         string   `toml:"to" required:"true"`
	Categories []string `toml:"categories"`
}

// shopCase is one test of the shopkeeper: what is asked, and what the answer should be.
type shopCase struct {
	Name      string `toml:"name" required:"true"`
	Bought    date   `toml:"bought" required:"true"`
	Delivered date   `toml:"delivered"`
	Asked     date   `toml:"asked" required:"true"`
	Paid      amount `toml:"paid" required:"true"`
	Quantity  int    `toml:"quantity" default:"1" min:"1" max:"100000"`
	Country   string `toml:"country" default:""`
	Channel   string `toml:"channel" default:"online"`
	Contract  string `toml:"contract" default:""`
	Back      string `toml:"back" default:"locker"`
	Category  string `toml:"category" default:""`
	Class     string `toml:"class" default:""`
	Reason    string `toml:"reason" default:"changed_mind"`
	Condition string `toml:"condition" default:""`
	Loss      int    `toml:"loss_percent" default:"0" min:"0" max:"100"`
	Risk      string `toml:"risk" default:"low" oneof:"low,medium,high"`
	Returns   int    `toml:"earlier_returns" default:"0" min:"0" max:"10000"`
	Informed  bool   `toml:"informed" default:"true"`
	FinalSale bool   `toml:"final_sale" default:"false"`
	Receipt   bool   `toml:"receipt" default:"true"`
	Gift      bool   `toml:"gift_receipt" default:"false"`
	Ticked    bool   `toml:"no_return_ticked" default:"false"`

	Eligible  bool    `toml:"eligible" required:"true"`
	Refused   *string `toml:"refused"`
	Ground    *string `toml:"ground"`
	Until     *date   `toml:"until"`
	Refund    *amount `toml:"refund"`
	Fee       *amount `toml:"fee"`
	Deduction *amount `toml:"deduction"`
	Moment    *string `toml:"moment"`
	Keep      *bool   `toml:"keep"`
	Rule      *string `toml:"rule"` // that must be among the reasons
}

// A date is written as 2026-12-24, or as "12-24" for every year.
type date struct{ policy.Day }

// Read takes a date of TOML, or a text.
func (d *date) Read(value any) string {
	switch x := value.(type) {
	case time.Time:
		if x.Hour()+x.Minute()+x.Second() == 0 {
			d.Day = policy.DayOf(x, x.Location())
			return ""
		}
	case string:
		var parts []int
		for _, p := range strings.Split(x, "-") {
			n, err := strconv.Atoi(p)
			if err != nil || n < 1 {
				return fmt.Sprintf("is %q: a day as 2026-12-24", x)
			}
			parts = append(parts, n)
		}
		switch len(parts) {
		case 2:
			d.Day = policy.Day{Month: time.Month(parts[0]), Day: parts[1]}
		case 3:
			d.Day = policy.Day{Year: parts[0], Month: time.Month(parts[1]), Day: parts[2]}
		}
		wrong := len(parts) == 3 && (d.Year < 2000 || d.Year > 2200)
		if wrong || len(parts) < 2 || len(parts) > 3 || !d.Valid() {
			d.Day = policy.Day{}
			return fmt.Sprintf("is %q, and there is no such day: write it as 2026-12-24", x)
		}
		return ""
	}
	return "is no day: write it as 2026-12-24"
}

// An amount is written as "12.50", in the file's currency.
type amount struct {
	text  string
	minor int64
}

// Read takes the text; what it is worth is known with the currency.
func (a *amount) Read(value any) string {
	s, ok := value.(string)
	if !ok || s == "" {
		return `is no amount: a text such as "12.50"`
	}
	a.text = s
	return ""
}

// count makes minor units of the text of a currency with so many digits.
func (a *amount) count(digits int) bool {
	whole, part, dot := strings.Cut(a.text, ".")
	if dot && (len(part) != digits || digits == 0) || len(whole) == 0 || len(whole) > 12 ||
		strings.Trim(whole+part, "0123456789") != "" {
		return false
	}
	if !dot {
		part = strings.Repeat("0", digits)
	}
	n, err := strconv.ParseInt(whole+part, 10, 64)
	a.minor = n
	return err == nil && n <= 1_000_000_000_000
}
