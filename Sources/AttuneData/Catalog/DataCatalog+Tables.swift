extension DataCatalog {
  /// Tables whose rows have no order, or an order that seldom matters.
  static let tables: [PublicDataSet] = [
    PublicDataSet(
      name: "california-housing", summary: "census block groups of 1990, house value; spatial shift", task: .regression,
      size: "20,640 x 10",
      license: "Apache-2.0 for the repository of the file; facts from the US census",
      citation: "Pace, Barry 1997, Statistics and Probability Letters 33",
      downloads: [
        file(
          "california-housing/housing.csv", sha256: "8a3727f4cf54ac1a327f69b1d5b4db54c5834ea81c6e4efc0d163300022a685e",
          bytes: 1_423_529,
          from: "https://raw.githubusercontent.com/ageron/handson-ml2/master/datasets/housing/housing.csv")
      ]),
    PublicDataSet(
      name: "king-county", summary: "house sales 2014 and 2015 with date and zip code; temporal and spatial shift",
      task: .regression, size: "21,613 x 21", license: "CC0 on the Kaggle page harlfoxem/housesalesprediction",
      citation: "name the Kaggle page",
      downloads: [
        file(
          "king-county/kc_house_data.csv", sha256: "d0875baa0251b21d4bdc9d2ae940a4fe0bb6009824f23dd0e2a5b2bf04557b7e",
          bytes: 2_515_206,
          from: "https://raw.githubusercontent.com/Shreyas3108/house-price-prediction/master/kc_house_data.csv",
          "https://raw.githubusercontent.com/karan-shah/usa-housing-dataset/master/kc_house_data.csv")
      ]),
    PublicDataSet(
      name: "spambase", summary: "57 numbers of an e-mail, spam or not", task: .classification, size: "4,601 x 58",
      license: "CC BY 4.0", citation: "Hopkins et al. 1999, doi:10.24432/C53G6X",
      downloads: [
        file(
          "spambase/spambase.data", sha256: "b1ef93de71f97714d3d7d4f58fc9f718da7bbc8ac8a150eff2778616a8097b12",
          bytes: 702_942,
          from: "https://archive.ics.uci.edu/ml/machine-learning-databases/spambase/spambase.data")
      ]),
    PublicDataSet(
      name: "adult", summary: "census income over 50K, mixed columns, official split", task: .classification,
      size: "32,561 + 16,281 x 15", license: "CC BY 4.0", citation: "Becker, Kohavi 1996, doi:10.24432/C5XW20",
      downloads: [
        uciArchive(
          "adult", "2/adult.zip", sha256: "7537312dd56c2b98035880805ce99e68183a30ee468aa5329d6df0fbb3cc21bb",
          members: [
            .init(
              "adult/adult.data", .sha256("5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d"),
              bytes: 3_974_305),
            .init(
              "adult/adult.test", .sha256("a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05"),
              bytes: 2_003_153),
          ])
      ]),
    PublicDataSet(
      name: "diabetes-130us", summary: "hospital stays 1999 to 2008, readmission; shift by age and admission",
      task: .classification, size: "101,766 x 50", license: "CC BY 4.0",
      citation: "Strack et al. 2014, BioMed Research International 781670; doi:10.24432/C5230J",
      downloads: [
        uciArchive(
          "diabetes-130us", "296/diabetes+130-us+hospitals+for+years+1999-2008.zip",
          sha256: "f82ac129da2ddd2299391ff6fbae3a6a58b3edcf59ac9d7bd480c00fe453112a", bytes: 3_170_254,
          members: [
            .init(
              "diabetes-130us/diabetic_data.csv",
              .sha256("0689e7ec031237dc63031b938805c48377748761a3b26acab621567afa24df97"), bytes: 19_159_383)
          ])
      ]),
    PublicDataSet(
      name: "wine-quality", summary: "physical and chemical measures and a taste score; red to white is a shift",
      task: .regression, size: "1,599 + 4,898 x 12", license: "CC BY 4.0",
      citation: "Cortez et al. 2009, Decision Support Systems 47(4); doi:10.24432/C56S3T",
      downloads: [
        uciArchive(
          "wine-quality", "186/wine+quality.zip",
          sha256: "3ed56667f4b828242bd732d7d1dd7f2861e54432239d7fa63877014cbb0304d4",
          members: [
            .init(
              "wine-quality/winequality-red.csv",
              .sha256("4a402cf041b025d4566d954c3b9ba8635a3a8a01e039005d97d6a710278cf05e"), bytes: 84_199),
            .init(
              "wine-quality/winequality-white.csv",
              .sha256("76c3f809815c17c07212622f776311faeb31e87610d52c26d87d6e361b169836"), bytes: 264_426),
          ])
      ]),
    PublicDataSet(
      name: "covertype", summary: "forest cover from maps, 7 classes", task: .classification, size: "581,012 x 55",
      license: "not recorded here; see https://archive.ics.uci.edu/dataset/31",
      citation: "Blackard, Dean 1999, Computers and Electronics in Agriculture 24(3)",
      downloads: [
        file(
          "covertype/covtype.data.gz", sha256: "614360d0257557dd1792834a85a1cdebfadc3c4f30b011d56afee7ffb5b15771",
          from: "https://ndownloader.figshare.com/files/5976039")
      ]),
  ]
}
