package view

import "time"

// The pages of the shop at the kiosk. A person finds things, sees where they are and what
// they cost, chooses where to get them, pays, and has them.
const (
	StepShopHome    Step = "shop_home"    // Categories; a code of a thing may be scanned
	StepShopSearch  Step = "shop_search"  // type what is looked for; Products follow each letter
	StepShopList    Step = "shop_list"    // Products of a category, or that were found
	StepShopProduct Step = "shop_product" // Product, its variants, what it costs and where it is
	StepShopCart    Step = "shop_cart"    // Lines, Offers, Total
	StepShopCoupon  Step = "shop_coupon"  // type or scan a coupon
	StepShopPlace   Step = "shop_place"   // Places: where to get it, and when
	StepShopPay     Step = "shop_pay"     // Tenders: how to pay
	StepShopPaying  Step = "shop_paying"  // Payment: the code for a phone, or what the terminal does
	StepShopLimbo   Step = "shop_limbo"   // nobody can say whether it is paid; it is not asked again
	StepShopUnpaid  Step = "shop_unpaid"  // it is not paid; Reason says why. Nothing was taken
	StepShopDone    Step = "shop_done"    // thank you: Order, Code, and where and when
	StepShopStatus  Step = "shop_status"  // how an order is, shown to whoever has its code
	StepShopRefused Step = "shop_refused" // it cannot be bought here; Reason says why

	StepGoodsEnter   Step = "goods_enter" // scan what is to be put behind a door for sale
	StepGoodsOpening Step = "goods_opening"
	StepGoodsOpen    Step = "goods_open"    // put it in, close the door
	StepGoodsCheck   Step = "goods_check"   // closed, and nothing was seen inside: is it in?
	StepGoodsNoOpen  Step = "goods_no_open" // the door did not open
)

// Reasons of the pages of the shop.
const (
	ReasonNoneLeft    Reason = "none_left"    // shop_product, shop_cart: no more of it can be had
	ReasonPriceMoved  Reason = "price_moved"  // shop_cart: the price is another by now; look again
	ReasonNoCoupon    Reason = "no_coupon"    // shop_coupon: it is not valid here and now
	ReasonAge         Reason = "age"          // shop_place: age is checked at the counter
	ReasonNotFound    Reason = "not_found"    // shop_home, shop_search: nothing like it
	ReasonPayDeclined Reason = "pay_declined" // shop_unpaid: the payment was declined
	ReasonPayOver     Reason = "pay_over"     // shop_unpaid: the time to pay was over
	ReasonPayGone     Reason = "pay_gone"     // shop_unpaid: the payment was called off
	ReasonPayAway     Reason = "pay_away"     // shop_unpaid, shop_pay: the provider cannot be reached
	ReasonPayAmount   Reason = "pay_amount"   // shop_unpaid: another amount came in; it goes back
	ReasonNoPrice     Reason = "no_price"     // shop_refused: nothing has a price here now
	ReasonShopClosed  Reason = "shop_closed"  // shop_refused: the shop is closed
	ReasonCartFull    Reason = "cart_full"    // shop_cart: no more fits into one purchase
	ReasonPaidLate    Reason = "paid_late"    // shop_status: paid when it was gone; the money goes back
	ReasonGoodsStored Reason = "goods_stored" // staff_goods: it is behind its door
)

// What people do in the shop. A category, a product, a variant, a place, a tender is picked
// (ActPick), a text typed (ActType).
const (
	ActStartShop ActionName = "start_shop" // idle -> shop_home
	ActSearch    ActionName = "search"     // -> shop_search
	ActTurn      ActionName = "turn"       // Value: "next" or "back", through pages of products
	ActAdd       ActionName = "add"        // shop_product: into the cart
	ActCart      ActionName = "cart"       // -> shop_cart
	ActOneMore   ActionName = "one_more"   // shop_cart: Value is the line
	ActOneLess   ActionName = "one_less"   // shop_cart: Value is the line
	ActCoupon    ActionName = "coupon"     // shop_cart -> shop_coupon
	ActGift      ActionName = "gift"       // shop_cart: wrap it as a gift; a switch
	ActCheckout  ActionName = "checkout"   // shop_cart -> shop_place
	ActCallOff   ActionName = "call_off"   // shop_paying: do not pay
	ActShopHome  ActionName = "shop_home"  // -> shop_home
	ActGoodsIn   ActionName = "goods_in"   // staff: -> staff_goods
)

// Shop is what the pages of the shop show. Nothing in it says who the customer is.
type Shop struct {
	AtDoor
	// About is what the page is about: a product, an order. A touch counts for it alone.
	About string `json:"about,omitempty"`

	Categories []ShopCategory `json:"categories,omitempty"` // shop_home
	Category   string         `json:"category,omitempty"`   // shop_list: its title; empty: it was searched
	Text       string         `json:"text,omitempty"`       // shop_search, shop_list: what is looked for
	Products   []ShopProduct  `json:"products,omitempty"`   // one page of them
	At         int            `json:"at,omitempty"`         // which page, from 1
	Of         int            `json:"of,omitempty"`         // of so many
	Found      int            `json:"found,omitempty"`      // products in all

	Product *ShopProduct `json:"product,omitempty"` // shop_product

	Count  int         `json:"count,omitempty"` // things in the cart
	Lines  []ShopLine  `json:"lines,omitempty"` // shop_cart, shop_place, shop_pay, shop_done, shop_status
	Offers []ShopOffer `json:"offers,omitempty"`
	Coupon string      `json:"coupon,omitempty"` // that is in the cart
	Gift   bool        `json:"gift,omitempty"`
	Saved  *Money      `json:"saved,omitempty"` // what the offers take off
	Total  *Money      `json:"total,omitempty"`

	Places  []ShopPlace  `json:"places,omitempty"` // shop_place
	Place   *ShopPlace   `json:"place,omitempty"`  // where it is had, once it was chosen
	Tenders []string     `json:"tenders,omitempty"`
	Payment *ShopPayment `json:"payment,omitempty"` // shop_paying, shop_limbo

	Order string   `json:"order,omitempty"` // number of the order
	State string   `json:"state,omitempty"` // one of ShopStates
	Code  string   `json:"code,omitempty"`  // shop_done: what is shown to have it; a QR code
	Doors []string `json:"doors,omitempty"` // behind which it lies
	Back  *Money   `json:"back,omitempty"`  // shop_status: what goes back
}

// ShopStates say how an order is.
var ShopStates = []string{"placed", "paid", "picking", "ready", "handed_over", "cancelled"}

// A ShopCategory is a part of the shop.
type ShopCategory struct {
	Value   string `json:"value"`
	Title   string `json:"title"`
	Picture string `json:"picture,omitempty"` // hash of a picture; the screen asks for it
	Count   int    `json:"count"`             // products in it
}

// A ShopProduct is something to buy.
type ShopProduct struct {
	Value   string `json:"value"` // SKU of the variant that is shown
	Title   string `json:"title"`
	Detail  string `json:"detail,omitempty"` // of the variant
	Text    string `json:"text,omitempty"`   // shop_product: description
	Picture string `json:"picture,omitempty"`
	Price   *Money `json:"price,omitempty"` // of one; nil: it has none now
	// Before is the lowest price of the last 30 days, where a reduction is stated.
	Before   *Money        `json:"before,omitempty"`
	Variants []ShopVariant `json:"variants,omitempty"`
	Doors    []string      `json:"doors,omitempty"` // of this wall behind which one lies
	Counter  int           `json:"counter,omitempty"`
	Left     int           `json:"left"` // so many can be had, over all ways
	Age      int           `json:"age,omitempty"`
	Rating   int           `json:"rating,omitempty"`  // hundredths of a star; 0: none
	Reviews  int           `json:"reviews,omitempty"` // how many there are
	Source   string        `json:"source,omitempty"`  // where they are from
	Chosen   int           `json:"chosen,omitempty"`  // in the cart already
}

// A ShopVariant is one choice of a product: a size, a colour.
type ShopVariant struct {
	Value string `json:"value"`
	Title string `json:"title"`
	Here  bool   `json:"here"` // it can be had
	Shown bool   `json:"shown,omitempty"`
}

// A ShopLine is a number of equal things in the cart, or of an order.
type ShopLine struct {
	Value    string `json:"value"`
	Title    string `json:"title"`
	Picture  string `json:"picture,omitempty"`
	Quantity int    `json:"quantity"`
	Most     int    `json:"most,omitempty"` // no more can be had
	Price    Money  `json:"price"`          // of all of them, before what offers take off
	Total    Money  `json:"total"`          // and after it
	State    string `json:"state,omitempty"`
}

// A ShopOffer is a promotion, and whether it has taken something off. Its sentence is
// shop.offer.CODE with what Says holds.
type ShopOffer struct {
	Title string `json:"title"`
	Won   bool   `json:"won,omitempty"`
	Off   *Money `json:"off,omitempty"`
	Why   string `json:"why,omitempty"` // sentence shop.lost.WHY
	More  *Money `json:"more,omitempty"`
	Count int    `json:"count,omitempty"` // so many more are needed
}

// A ShopPlace is a way to have what is bought. Its sentences are shop.place.KIND.
type ShopPlace struct {
	Value string `json:"value"`
	// locker_now, locker_later, locker_other, counter, kerbside, ship_home
	Kind string `json:"kind"`
	Name string `json:"name,omitempty"` // of another station
	// Ready is when it can be had, as far as is known; nil: at once, or nobody knows.
	Ready *time.Time `json:"ready,omitempty"`
	Until *time.Time `json:"until,omitempty"` // ship_home: the end of the window
	Why   string     `json:"why,omitempty"`   // not offered: sentence shop.not_here.WHY
}

// A ShopPayment is a payment that is under way.
type ShopPayment struct {
	Tender string `json:"tender"`        // phone, terminal, counter
	URL    string `json:"url,omitempty"` // phone: the provider's page
	State  string `json:"state"`
	Amount Money  `json:"amount"`
}

// OfShop is the payload of the shop's pages, and empty for any other.
func (v View) OfShop() Shop {
	if v.Shop == nil {
		return Shop{}
	}
	return *v.Shop
}
