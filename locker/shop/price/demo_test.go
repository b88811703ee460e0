package price_test

import (
	"os"
	"testing"

	"cubby/locker/shop/catalogue"
	. "cubby/locker/shop/price"
)

// What the demo sells has a price, and each of its five promotions can be had.
func TestThePricesOfTheDemoHold(t *testing.T) {
	const folder = "../../../assets/demo/shop/"
	file, err := os.Open(folder + "catalogue.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	products := map[string]catalogue.Product{} // by SKU
	_, err = catalogue.Read(file, catalogue.Sink{
		Category:  func(catalogue.Category) error { return nil },
		Attribute: func(catalogue.Attribute) error { return nil },
		Product: func(p catalogue.Product) error {
			for _, v := range p.Variants {
				products[v.SKU] = p
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(folder + "prices.json")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Read(text, func(sku string) bool { return len(products[sku].Variants) > 0 })
	if err != nil {
		t.Fatal(err)
	}
	for sku, p := range products {
		v, _ := p.Variant(sku)
		if price, ok := s.Of(sku, here); !ok || price.Class != v.Tax {
			t.Errorf("%s costs %+v, and its tax is %s", sku, price, v.Tax)
		}
	}
	use, why := s.Redeem("welcome", Where{At: noon}, centre)
	if why != "" || len(s.Promotions) != 5 {
		t.Fatalf("the coupon: %s; %d promotions", why, len(s.Promotions))
	}
	c := here
	c.Coupons = []Shown{use.Shown}
	for promotion, skus := range map[string][]string{
		"breakfast": {"CUB-001", "CUB-014", "CUB-018"}, "paper-10": {"CUB-038"}, "wear-more": {"CUB-055",
			"CUB-058"},
		"tea-3-for-2": {"CUB-003", "CUB-004", "CUB-005"}, "welcome": {"CUB-030", "CUB-060"},
	} {
		var items []Item
		for _, sku := range skus {
			items = append(items, Item{SKU: sku, Quantity: 1, Categories: products[sku].Categories})
		}
		for _, o := range s.Total(items, 0, c).Offers {
			if o.Promotion == promotion && !o.Won {
				t.Errorf("%s: %+v", promotion, o)
			}
		}
	}
	pen, _ := s.Of("CUB-038", here)
	if pen.Minor != 2390 || s.Reduction(pen, "kiosk") != 20 {
		t.Errorf("the pen costs %+v, %d %% less", pen, s.Reduction(pen, "kiosk"))
	}
}
