extension DataCatalog {
  /// Images.
  static let images: [PublicDataSet] = [
    PublicDataSet(
      name: "mnist", summary: "handwritten digits, 28x28 gray, 10 classes", task: .classification,
      size: "60,000 + 10,000 x 784",
      license: "none stated on the old page; Keras and Hugging Face state CC BY-SA 3.0",
      citation: "LeCun, Bottou, Bengio, Haffner 1998, Proc. IEEE 86(11)",
      downloads: idx(
        "mnist",
        sha256AndBytes: [
          ("train-images-idx3-ubyte.gz", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", 9_912_422),
          ("train-labels-idx1-ubyte.gz", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 28_881),
          ("t10k-images-idx3-ubyte.gz", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 1_648_877),
          ("t10k-labels-idx1-ubyte.gz", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 4_542),
        ],
        at: [
          "https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ])),
    PublicDataSet(
      name: "fashion-mnist", summary: "clothing, 28x28 gray, 10 classes", task: .classification,
      size: "60,000 + 10,000 x 784", license: "MIT", citation: "Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747",
      downloads: idx(
        "fashion-mnist",
        sha256AndBytes: [
          (
            "train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26_421_880
          ),
          ("train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29_515),
          ("t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4_422_102),
          ("t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5_148),
        ],
        at: [
          "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
          "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ])),
    PublicDataSet(
      name: "mnist-c", summary: "MNIST's test digits under 15 corruptions", task: .classification,
      size: "NumPy arrays in an archive", license: "not recorded here; see https://zenodo.org/records/3239543",
      citation: "Mu, Gilmer 2019, arXiv:1906.02337",
      downloads: [
        .init(
          .init(
            "mnist-c/mnist_c.zip", .sha256("af9ee8c6a815870c7fdde5af84c7bf8db0bcfa1f41056db83871037fba70e493")),
          from: ["https://zenodo.org/records/3239543/files/mnist_c.zip"], unpacking: "unzip mnist_c.zip")
      ]),
    PublicDataSet(
      name: "usps", summary: "handwritten digits 16x16 from envelopes: a natural shift of MNIST", task: .classification,
      size: "7,291 + 2,007 x 256", license: "none stated",
      citation: "Le Cun et al. 1990; Hastie, Tibshirani, Friedman 2009, The Elements of Statistical Learning",
      downloads: [
        file(
          "usps/zip.train.gz", sha256: "66ebf231ab51f2cf6ac1a892d0f98ccffee1079d7a5db638c1f11f366046ca16",
          bytes: 1_829_071, from: "https://hastie.su.domains/ElemStatLearn/datasets/zip.train.gz"),
        file(
          "usps/zip.test.gz", sha256: "8dacc3c6e136af6c3488de9e5113a7daf140c8c2f1f0b61c54ee02f03f1a962f",
          bytes: 439_208, from: "https://hastie.su.domains/ElemStatLearn/datasets/zip.test.gz"),
      ]),
    PublicDataSet(
      name: "usps-libsvm", summary: "USPS in LIBSVM's text form, labels 1 to 10", task: .classification,
      size: "7,291 + 2,007 x 256", license: "none stated", citation: "Hull 1994, IEEE TPAMI 16(5)",
      downloads: [("usps.bz2", "ec16c51db3855ca6c91edd34d0e9b197"), ("usps.t.bz2", "8ea070ee2aca1ac39742fdd1ef5ed118")]
        .map { name, md5 in
          .init(
            .init("usps-libsvm/\(name)", .md5(md5)),
            from: ["https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/\(name)"],
            unpacking: "bunzip2 -k \(name)")
        }),
    PublicDataSet(
      name: "cifar-10", summary: "color photographs 32x32, 10 classes, binary form", task: .classification,
      size: "50,000 + 10,000 x 3,072", license: "not recorded here; see https://www.cs.toronto.edu/~kriz/cifar.html",
      citation: "Krizhevsky 2009, Learning multiple layers of features from tiny images",
      downloads: [
        .init(
          .init(
            "cifar-10/cifar-10-binary.tar.gz",
            .sha256("c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd")),
          from: ["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"],
          members: [
            ("data_batch_1", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
            ("data_batch_2", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
            ("data_batch_3", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
            ("data_batch_4", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
            ("data_batch_5", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
            ("test_batch", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"),
          ].map { .init("cifar-10/\($0).bin", .sha256($1)) },
          unpacking: "tar -xzf cifar-10-binary.tar.gz --strip-components=1")
      ]),
    PublicDataSet(
      name: "cifar-10-c", summary: "CIFAR-10's test images under 19 corruptions, 5 strengths each",
      task: .classification,
      size: "50,000 x 3,072 a corruption", license: "not recorded here; see https://zenodo.org/records/2535967",
      citation: "Hendrycks, Dietterich 2019, ICLR, arXiv:1903.12261",
      downloads: [
        .init(
          .init(
            "cifar-10-c/CIFAR-10-C.tar",
            .sha256("c72763e101c723b7c507b96205f7e938912a5d587376173b825850cf3cb876a7"), bytes: 2_918_471_680),
          from: ["https://zenodo.org/records/2535967/files/CIFAR-10-C.tar?download=1"],
          unpacking: "tar -xf CIFAR-10-C.tar --strip-components=1")
      ]),
    PublicDataSet(
      name: "cifar-100-c", summary: "CIFAR-100's test images under 19 corruptions, 5 strengths each",
      task: .classification, size: "50,000 x 3,072 a corruption",
      license: "not recorded here; see https://zenodo.org/records/3555552",
      citation: "Hendrycks, Dietterich 2019, ICLR, arXiv:1903.12261",
      downloads: [
        .init(
          .init("cifar-100-c/CIFAR-100-C.tar", .md5("11f0ed0f1191edbf9fa23466ae6021d3")),
          from: ["https://zenodo.org/records/3555552/files/CIFAR-100-C.tar?download=1"],
          unpacking: "tar -xf CIFAR-100-C.tar --strip-components=1")
      ]),
    PublicDataSet(
      name: "cifar-10.1", summary: "a new test set for CIFAR-10, collected years later", task: .classification,
      size: "2,000 x 3,072", license: "MIT", citation: "Recht, Roelofs, Schmidt, Shankar 2018, arXiv:1806.00451",
      downloads: [
        ("cifar10.1_v6_data.npy", "24349cc5f3fb59648d75cd8015b5a184b1f5c250"),
        ("cifar10.1_v6_labels.npy", "e713b09cecf2ecd933970001909fcdec7c907ab0"),
      ].map { name, blob in
        .init(
          .init("cifar-10.1/\(name)", .gitBlob(blob)),
          from: ["https://raw.githubusercontent.com/modestyachts/CIFAR-10.1/master/datasets/\(name)"])
      }),
  ]

  /// IDX files of one set, each at several addresses.
  private static func idx(
    _ set: String, sha256AndBytes files: [(name: String, sha256: String, bytes: Int)], at folders: [String]
  ) -> [PublicDataSet.Download] {
    files.map { file in
      .init(
        .init("\(set)/\(file.name)", .sha256(file.sha256), bytes: file.bytes), from: folders.map { $0 + file.name })
    }
  }
}
