// Command walk does what the README shows, through the generated client, at a
// server that is empty: walk http://127.0.0.1:8080. It fails at the first answer
// that is not the expected one.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/burnlist/burnlist/tools/oapi/client"
)

const actor = "ana@example.org"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: walk ADDRESS")
		os.Exit(2)
	}
	if err := walk(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func walk(ctx context.Context, address string) error {
	c, err := client.NewClientWithResponses(address)
	if err != nil {
		return err
	}
	product, err := c.CreateProductWithResponse(ctx, &client.CreateProductParams{BurnlistActor: actor}, client.NewProduct{
		Name: "shop", Zone: "Europe/Berlin", Slot: &client.Slot{Weekday: client.Monday, Time: "10:00"},
	})
	if err := expect("create a product", http.StatusCreated, product, err); err != nil {
		return err
	}
	service, err := c.CreateServiceWithResponse(ctx, &client.CreateServiceParams{BurnlistActor: actor}, client.NewService{
		Name: "checkout", Product: "shop", Team: new("payments"),
	})
	if err := expect("create a service", http.StatusCreated, service, err); err != nil {
		return err
	}
	slo, err := c.CreateSloWithResponse(ctx, &client.CreateSloParams{BurnlistActor: actor}, client.NewSLO{
		Name: "checkout-availability", Service: "checkout", Objective: 0.999, Window: new("30d"),
		Indicator: client.Indicator{Events: &client.Events{
			Total: `requests_total{job="checkout"}`, Bad: new(`requests_total{job="checkout",code="500"}`),
		}},
	})
	if err := expect("create an SLO", http.StatusCreated, slo, err); err != nil {
		return err
	}
	due := "2030-01-15"
	item, err := c.CreateItemWithResponse(ctx, &client.CreateItemParams{BurnlistActor: actor}, client.NewItem{
		Title: "Retry payments", Service: "checkout", Key: new("PM-31/2"), Owner: new(actor), Due: &due,
	})
	if err := expect("report an item", http.StatusCreated, item, err); err != nil {
		return err
	}

	queue, err := c.GetQueueWithResponse(ctx, &client.GetQueueParams{Product: new("shop")})
	if err := expect("read the queue", http.StatusOK, queue, err); err != nil {
		return err
	}
	if first := queue.JSON200.Entries[0]; queue.JSON200.Total != 1 || first.Item.Id != item.JSON201.Id || first.Tier != client.EntryTierUnknown {
		return fmt.Errorf("the queue is not what was written: %s", queue.Body)
	}
	warnings, err := c.ListWarningsWithResponse(ctx, &client.ListWarningsParams{Product: new("shop")})
	if err := expect("read the warnings", http.StatusOK, warnings, err); err != nil {
		return err
	}

	tag := item.HTTPResponse.Header.Get("ETag")
	later := "2030-01-22"
	changed, err := c.UpdateItemWithResponse(ctx, item.JSON201.Id, &client.UpdateItemParams{BurnlistActor: actor, IfMatch: tag},
		client.ItemChange{Due: &later})
	if err := expect("change the item", http.StatusOK, changed, err); err != nil {
		return err
	}
	again, err := c.UpdateItemWithResponse(ctx, item.JSON201.Id, &client.UpdateItemParams{BurnlistActor: actor, IfMatch: tag},
		client.ItemChange{Due: &due})
	if err := expect("change the item by its old version", http.StatusPreconditionFailed, again, err); err != nil {
		return err
	}
	if p := again.ApplicationproblemJSON412; p.Code != "precondition_failed" || p.Detail == "" {
		return fmt.Errorf("the refusal is no problem: %s", again.Body)
	}

	review, err := c.OpenReviewWithResponse(ctx, &client.OpenReviewParams{BurnlistActor: actor}, client.NewReview{Product: "shop"})
	if err := expect("open a review", http.StatusCreated, review, err); err != nil {
		return err
	}
	decided, err := c.DecideInReviewWithResponse(ctx, review.JSON201.Id, &client.DecideInReviewParams{BurnlistActor: actor},
		client.NewReviewDecision{Item: item.JSON201.Id, Kind: client.NewReviewDecisionKindDeprioritise, Reason: new("the provider retries by itself now")})
	if err := expect("decide", http.StatusOK, decided, err); err != nil {
		return err
	}
	concluded, err := c.ConcludeReviewWithResponse(ctx, review.JSON201.Id, &client.ConcludeReviewParams{BurnlistActor: actor},
		client.ConcludeReviewJSONRequestBody{})
	if err := expect("conclude the review", http.StatusOK, concluded, err); err != nil {
		return err
	}
	digest, err := c.GetDigestWithResponse(ctx, review.JSON201.Id, nil)
	if err := expect("read the digest", http.StatusOK, digest, err); err != nil {
		return err
	}
	if d := digest.JSON200; d.Tally.Decided != 1 || len(d.Deprioritised) != 1 {
		return fmt.Errorf("the digest does not have the decision: %s", digest.Body)
	}
	return nil
}

// answer is what all answers of the client have.
type answer interface {
	StatusCode() int
	GetBody() []byte
}

func expect[A answer](what string, status int, a A, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if a.StatusCode() != status {
		return fmt.Errorf("%s: status %d, want %d: %s", what, a.StatusCode(), status, a.GetBody())
	}
	fmt.Printf("%s: %d\n", what, status)
	return nil
}
