package dynamostore_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/dynamostore"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
)

// A program that cannot reach DynamoDB learns that it may try again.
func ExampleNew() {
	client := dynamodb.New(dynamodb.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://127.0.0.1:1"), // where nothing listens
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
		}),
	})
	store, err := dynamostore.New(client, "listings", dynamostore.WithBusyTimeout(0))
	if err != nil {
		fmt.Println(err)
		return
	}
	manager, err := lifecycle.New("111122223333", store, lifecycletest.NewMarket(&lifecycletest.Clock{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = manager.Load(context.Background(), manager.ID("invoice"))
	fmt.Println("try again:", errors.Is(err, lifecycle.ErrUnavailable))
	// Output:
	// try again: true
}

// Making a table that is there already does nothing.
func ExampleCreateTable() {
	client := &tables{} // a *dynamodb.Client
	ctx := context.Background()
	fmt.Println(dynamostore.CreateTable(ctx, client, "listings"))
	fmt.Println(dynamostore.CreateTable(ctx, client, "listings"))
	// Output:
	// <nil>
	// <nil>
}

func ExampleCloudFormation() {
	template := dynamostore.CloudFormation("listings")
	fmt.Printf("%.325s…\n", template)
	// Output:
	// {
	//   "AWSTemplateFormatVersion": "2010-09-09",
	//   "Description": "The records of AWS Marketplace listings, kept by shelflife",
	//   "Resources": {
	//     "Listings": {
	//       "Type": "AWS::DynamoDB::Table",
	//       "DeletionPolicy": "Retain",
	//       "UpdateReplacePolicy": "Retain",
	//       "Properties": {
	//         "TableName": "listings",…
}

func ExamplePolicy() {
	fmt.Printf("%s", dynamostore.Policy("arn:aws:dynamodb:eu-west-1:111122223333:table/listings", "444455556666"))
	// Output:
	// {
	//   "Version": "2012-10-17",
	//   "Statement": [
	//     {
	//       "Effect": "Allow",
	//       "Action": [
	//         "dynamodb:GetItem",
	//         "dynamodb:BatchGetItem",
	//         "dynamodb:Query",
	//         "dynamodb:PutItem",
	//         "dynamodb:UpdateItem",
	//         "dynamodb:DeleteItem",
	//         "dynamodb:BatchWriteItem"
	//       ],
	//       "Resource": "arn:aws:dynamodb:eu-west-1:111122223333:table/listings",
	//       "Condition": {
	//         "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["444455556666#*"] }
	//       }
	//     }
	//   ]
	// }
}
