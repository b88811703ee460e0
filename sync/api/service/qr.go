package service

import (
	"net/http"

	"github.com/skip2/go-qrcode"

	"cubby/sync/problem"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

// modulePixels is the side of one module of a drawn code.
const modulePixels = 8

var pngType = []string{"image/png"}

var sentences = strict.Says{"qr-text": "text must have 1 to 512 characters"}

// qrText is what is drawn: four bytes a character at worst, 2048 in all, and a QR code
// of level M holds 2331.
type qrText struct {
	Text string `json:"text" check:"required,chars=1..512" slug:"qr-text"`
}

// drawQR draws a text as a QR code, level M, with its quiet zone.
func drawQR(x *rest.Exchange, q qrText) error {
	code, err := qrcode.New(q.Text, qrcode.Medium)
	if err != nil {
		return problem.New(
			http.StatusUnprocessableEntity, "qr-text", "this text cannot be drawn as a QR code")
	}
	image, err := code.PNG(-modulePixels)
	if err != nil {
		return err
	}
	return x.Send(http.StatusOK, pngType, image)
}
