package main

import (
	"github.com/shelflife-go/shelflife/lifecycle/simulator"
	"github.com/shelflife-go/shelflife/version"
)

const registry = string(seller) + ".dkr.ecr.us-east-2.amazonaws.com/northwind/"

// putModelPackage lets SageMaker have a certified model package.
func putModelPackage(market *simulator.Simulator, arn version.ARN, instances []string) error {
	return market.PutModelPackage(simulator.ModelPackage{
		ARN:                   string(arn),
		CertifyForMarketplace: true,
		Image:                 registry + "invoice-extractor:latest",

		SupportedRealtimeInferenceInstanceTypes: instances,
		SupportedTransformInstanceTypes:         instances,
	})
}

// putAlgorithm lets SageMaker have a certified algorithm.
func putAlgorithm(market *simulator.Simulator, arn version.ARN, inference, training []string) error {
	return market.PutAlgorithm(simulator.Algorithm{
		ARN:                   string(arn),
		CertifyForMarketplace: true,
		TrainingImage:         registry + "churn-train:latest",
		InferenceImage:        registry + "churn-serve:latest",

		SupportedTrainingInstanceTypes:          training,
		SupportedRealtimeInferenceInstanceTypes: inference,
		SupportedTransformInstanceTypes:         inference,
	})
}
