package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"cubby/locker/shop/catalogue"
	"cubby/locker/shop/price"
	"cubby/sync/client"
)

const pricesForm = "prices show | import FILE [--check] | check FILE [--catalogue FILE] | " +
	"total FILE SKU[=NUMBER]... [--catalogue FILE] [--coupon CODE] [--channel NAME] [--member] [--at TIME] [--json]"

// prices reads a file of prices and promotions, and says what a cart costs by it, without a
// core; it replaces those that a station sells by, and shows which they are.
func (t *tool) prices(ctx context.Context, args []string) error {
	switch {
	case len(args) == 1 && args[0] == "show":
		return t.showPrices(ctx)
	case len(args) == 2 && args[0] == "import":
		return t.importPrices(ctx, args[1], false)
	case len(args) == 3 && args[0] == "import" && slices.Contains(args[1:], "--check"):
		file := args[1]
		if file == "--check" {
			file = args[2]
		}
		return t.importPrices(ctx, file, true)
	}
	a, err := readPrices(args)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(a.file)
	if err != nil {
		return err
	}
	var known func(string) bool
	in := map[string][]string{} // categories of an article, and those above them
	if a.catalogue != "" {
		if in, err = categoriesOf(a.catalogue); err != nil {
			return fmt.Errorf("%s: %w", a.catalogue, err)
		}
		known = func(sku string) bool { _, ok := in[sku]; return ok }
	}
	s, err := price.Read(text, known)
	if err != nil {
		return fmt.Errorf("%s: %w", a.file, err)
	}
	if a.what == "total" {
		return t.total(s, a, in)
	}
	hash, err := s.Hash()
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s: version %s until %s, %d prices and %d promotions in %s, hash %s: no problem found\n",
		a.file, s.Version, s.Until.Format(time.RFC3339), len(s.Prices), len(s.Promotions), s.Currency, hash)
	return nil
}

// showPrices says which prices the station sells by.
func (t *tool) showPrices(ctx context.Context) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	defer c.Close()
	s, err := c.Prices(ctx)
	if err != nil {
		return err
	}
	t.sayPrices(s)
	return nil
}

func (t *tool) sayPrices(s client.PricesState) {
	sold := "sold by"
	if !s.Good {
		sold = "over, nothing is sold by it,"
	}
	fmt.Fprintf(t.out, "version %s is %s until %s: %d prices and %d promotions in %s, hash %s\n", s.Version,
		sold,
		t.moment(s.Until), s.Prices, s.Promotions, s.Currency, s.Hash)
}

// importPrices has the station sell by the prices of a file, or with check only say what is
// wrong with them.
func (t *tool) importPrices(ctx context.Context, file string, check bool) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	c, err := t.client()
	if err != nil {
		return err
	}
	defer c.Close()
	s, err := c.ReplacePrices(ctx, f, check)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", file, err)
	case check:
		fmt.Fprintf(t.out, "%s: %d prices and %d promotions: no problem found\n", file, s.Prices, s.Promotions)
	default:
		t.sayPrices(s)
	}
	return nil
}

// priceArgs are what was asked for.
type priceArgs struct {
	what, file, catalogue, coupon string
	items                         []price.Item
	in                            price.Context
	json                          bool
}

func readPrices(args []string) (a priceArgs, err error) {
	usage := errors.New("usage: cubbyctl " + pricesForm)
	if len(args) < 2 || args[0] != "check" && args[0] != "total" {
		return a, usage
	}
	a = priceArgs{what: args[0], in: price.Context{At: time.Now(), Channel: "kiosk"}}
	at := ""
	named := map[string]*string{
		"--catalogue": &a.catalogue, "--coupon": &a.coupon, "--channel": &a.in.Channel, "--at": &at,
	}
	for rest := args[1:]; len(rest) > 0; rest = rest[1:] {
		value, takes := named[rest[0]]
		switch {
		case takes && len(rest) > 1:
			*value, rest = rest[1], rest[1:]
		case rest[0] == "--member":
			a.in.Member = true
		case rest[0] == "--json":
			a.json = true
		case strings.HasPrefix(rest[0], "--"):
			return a, usage
		case a.file == "":
			a.file = rest[0]
		default:
			sku, number, many := strings.Cut(rest[0], "=")
			n := 1
			if many {
				if n, err = strconv.Atoi(number); err != nil {
					return a, fmt.Errorf("%s: write SKU=NUMBER, such as CUB-001=2", rest[0])
				}
			}
			a.items = append(a.items, price.Item{SKU: sku, Quantity: n})
		}
	}
	if at != "" {
		if a.in.At, err = time.Parse(time.RFC3339, at); err != nil {
			return a, fmt.Errorf("--at %s: write a time such as 2026-12-24T10:00:00Z", at)
		}
	}
	asked := len(a.items) > 0 || a.coupon != "" || a.in.Member || a.json || at != ""
	if a.file == "" || (a.what == "total") != (len(a.items) > 0) || a.what == "check" && asked {
		return a, usage
	}
	return a, nil
}

// categoriesOf reads which categories each article of a catalogue is in, with those above.
func categoriesOf(file string) (map[string][]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	above, in := map[string]string{}, map[string][]string{}
	_, err = catalogue.Read(f, catalogue.Sink{
		Category:  func(c catalogue.Category) error { above[c.ID] = c.Parent; return nil },
		Attribute: func(catalogue.Attribute) error { return nil },
		Product: func(p catalogue.Product) error {
			for _, v := range p.Variants {
				in[v.SKU] = p.Categories
			}
			return nil
		},
	})
	for sku, own := range in {
		var all []string
		for _, id := range own {
			for ; id != ""; id = above[id] {
				all = append(all, id)
			}
		}
		in[sku] = all
	}
	return in, err
}

// total says what a cart costs, what became of each promotion, and what each line would give
// back.
func (t *tool) total(s *price.Snapshot, a priceArgs, in map[string][]string) error {
	for i := range a.items {
		a.items[i].Categories = in[a.items[i].SKU]
	}
	if a.coupon != "" {
		use, why := s.Redeem(a.coupon, price.Where{Online: true, At: a.in.At}, nil)
		if why != "" {
			return fmt.Errorf("the coupon %s cannot be used: %s", a.coupon, why)
		}
		a.in.Coupons = []price.Shown{use.Shown}
	}
	if err := s.CheckCart(a.items, 0, a.in); err != nil {
		return err
	}
	q := s.Total(a.items, 0, a.in)
	if a.json {
		e := json.NewEncoder(t.out)
		e.SetIndent("", " ")
		return e.Encode(q)
	}
	err := t.table("SKU\tNUMBER\tPRICE\tLESS\tTOTAL\tTAX\tALL BACK", func(w io.Writer) {
		for i, l := range q.Lines {
			fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\n", l.SKU, l.Quantity, l.Unit, l.Off(), l.Total, l.Tax,
				q.Back(i, 0, l.Quantity))
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "\n%d less %d is to pay %d minor units of %s, %d of it tax\n\n", q.Goods, q.Off, q.Total,
		q.Currency, q.Tax)
	return t.table("PROMOTION\tTAKES OFF\tOR WHY NOT", func(w io.Writer) {
		for _, o := range q.Offers {
			fmt.Fprintf(w, "%s\t%d\t%s\n", o.Promotion, o.Off, lost(o))
		}
	})
}

// lost says why a promotion takes nothing off.
func lost(o price.Offer) string {
	switch o.Why {
	case "":
		return ""
	case price.Early:
		return "it begins later"
	case price.Over:
		return "its time is over"
	case price.Elsewhere:
		return "it is for another channel"
	case price.Members:
		return "it is for members"
	case price.NeedsCode:
		return "its coupon was not shown"
	case price.NoGoods:
		return "nothing of what it is for is bought"
	case price.Spend:
		return fmt.Sprintf("%d minor units more have to be bought", o.More)
	case price.Units:
		return fmt.Sprintf("%d more of what it is for have to be bought", o.Count)
	case price.Better:
		return fmt.Sprintf("it would take %d off; better is %s", o.Alone, o.By)
	case price.Alone:
		return fmt.Sprintf("it would take %d off; one of it and %s is given alone", o.Alone, o.By)
	}
	return "it would take nothing off"
}
