package policy

// All is what [For] returns for every command and the zero [Scope]. Replace the
// account "*" by the seller's, and the role of iam:PassRole by the access role
// that the versions name.
const All = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ChangeProducts",
      "Effect": "Allow",
      "Action": "aws-marketplace:StartChangeSet",
      "Resource": [
        "arn:aws:aws-marketplace:us-east-1:*:AWSMarketplace/MachineLearningProduct/*",
        "arn:aws:aws-marketplace:us-east-1:*:AWSMarketplace/ChangeSet/*"
      ],
      "Condition": {
        "StringEquals": {
          "catalog:ChangeType": [
            "CreateProduct",
            "UpdateInformation",
            "UpdateTargeting",
            "AddDeliveryOptions",
            "UpdateDeliveryOptions",
            "RestrictDeliveryOptions",
            "ReleaseProduct",
            "UpdateVisibility",
            "CreateOfferOnProduct"
          ]
        }
      }
    },
    {
      "Sid": "ChangeOffers",
      "Effect": "Allow",
      "Action": "aws-marketplace:StartChangeSet",
      "Resource": [
        "arn:aws:aws-marketplace:us-east-1:*:AWSMarketplace/Offer/*",
        "arn:aws:aws-marketplace:us-east-1:*:AWSMarketplace/ChangeSet/*"
      ],
      "Condition": {
        "StringEquals": {
          "catalog:ChangeType": [
            "UpdateInformation",
            "CreateOffer",
            "UpdatePricingTerms",
            "UpdateLegalTerms",
            "UpdateSupportTerms",
            "ReleaseOffer"
          ]
        }
      }
    },
    {
      "Sid": "FollowChanges",
      "Effect": "Allow",
      "Action": [
        "aws-marketplace:DescribeChangeSet",
        "aws-marketplace:CancelChangeSet"
      ],
      "Resource": "arn:aws:aws-marketplace:us-east-1:*:AWSMarketplace/ChangeSet/*"
    },
    {
      "Sid": "FindChanges",
      "Effect": "Allow",
      "Action": [
        "aws-marketplace:ListChangeSets",
        "aws-marketplace:ListEntities"
      ],
      "Resource": "*"
    },
    {
      "Sid": "ReadListings",
      "Effect": "Allow",
      "Action": "aws-marketplace:DescribeEntity",
      "Resource": [
        "arn:aws:aws-marketplace:us-east-1:*:AWSMarketplace/MachineLearningProduct/*",
        "arn:aws:aws-marketplace:us-east-1:*:AWSMarketplace/Offer/*"
      ]
    },
    {
      "Sid": "TagChanges",
      "Effect": "Allow",
      "Action": "aws-marketplace:TagResource",
      "Resource": [
        "arn:aws:aws-marketplace:us-east-1:*:AWSMarketplace/MachineLearningProduct/*",
        "arn:aws:aws-marketplace:us-east-1:*:AWSMarketplace/Offer/*",
        "arn:aws:aws-marketplace:us-east-1:*:AWSMarketplace/ChangeSet/*"
      ],
      "Condition": {
        "ForAllValues:StringEquals": {
          "aws:TagKeys": [
            "shelflife:listing",
            "shelflife:request"
          ]
        },
        "Null": {
          "aws:TagKeys": "false"
        }
      }
    },
    {
      "Sid": "TraceSubmissions",
      "Effect": "Allow",
      "Action": "aws-marketplace:ListTagsForResource",
      "Resource": "arn:aws:aws-marketplace:us-east-1:*:AWSMarketplace/MachineLearningProduct/*"
    },
    {
      "Sid": "HandOverVersions",
      "Effect": "Allow",
      "Action": "iam:PassRole",
      "Resource": "arn:aws:iam::*:role/*",
      "Condition": {
        "StringEquals": {
          "iam:PassedToService": "assets.marketplace.amazonaws.com"
        }
      }
    },
    {
      "Sid": "ReadResources",
      "Effect": "Allow",
      "Action": [
        "sagemaker:DescribeModelPackage",
        "sagemaker:DescribeAlgorithm"
      ],
      "Resource": [
        "arn:aws:sagemaker:*:*:model-package/*",
        "arn:aws:sagemaker:*:*:algorithm/*"
      ]
    }
  ]
}`
