extension DataCatalog {
  /// Tables whose rows come in the order of time.
  static let streams: [PublicDataSet] = [
    PublicDataSet(
      name: "gas-drift", summary: "16 chemical sensors aging over 36 months, 6 gases: real sensor drift",
      task: .classification, size: "13,910 x 129 in 10 batches",
      license: "CC BY 4.0, and on the page an older sentence: exclusively for research purposes",
      citation:
        "Vergara et al. 2012, Sensors and Actuators B 166; Rodriguez-Lujan et al. 2014, Chemometrics 130; "
        + "doi:10.24432/C5MK6M",
      downloads: [
        uciArchive(
          "gas-drift", "270/gas+sensor+array+drift+dataset+at+different+concentrations.zip",
          sha256: "98fe3a30981a222dd4518fbcc3dddd45d5c0ce9b03ef6dc6fe5cf7a04cfbff5e",
          members: [
            gasBatch(1, .sha256("6b62f3e71b90f95dd9c2157fa91ffce32571faa7f474dd52f29a4ae769144625"), bytes: 757_889),
            gasBatch(2, .sha256("4ea9490068457badf9efd0c22f359fbfce12c208cdd440526b97ac91d31b9002"), bytes: 2_134_300),
            gasBatch(3, .sha256("aabf06bf8b8200740156235dc59458e06d99aa8faba4d6764a22c6b6c2674ff4"), bytes: 2_725_224),
            gasBatch(4, .sha256("ffc87c5146001bbe8ce90c4b2f7dad5b390ca3079f51b559032df53ffe5ff0af"), bytes: 278_400),
            gasBatch(5, .sha256("dcad4939c300a6c7d9f41b9470a9253eecc0ebc5c2c4e940d8ae20b8fc4240d0"), bytes: 341_379),
            gasBatch(6, .sha256("297d3a8b594dee4e2f4d7d2c4f5c485939fa708c10b5a11ed5cce95e05049afb"), bytes: 3_928_247),
            gasBatch(7, .gitBlob("ce44587436e9edee7ac88593e70f6fb8a66ad9d4")),
            gasBatch(8, .sha256("58146b3e2dd68b125b2d5432cdd4968ec1fff47464ceb04282382181932d49be"), bytes: 495_298),
            gasBatch(9, .sha256("51f368ae8dee5d285be7f2029770e10eb12f342578830bc40ea852db19d19c9b"), bytes: 791_293),
            gasBatch(10, .gitBlob("500b7e02d513322e9a42f33ddc18b283ad75db42")),
          ])
      ]),
    PublicDataSet(
      name: "electricity", summary: "price of New South Wales up or down, half-hours 1996 to 1998: the drift stream",
      task: .classification, size: "45,312 x 9", license: "none stated; OpenML 151 says public",
      citation: "Harries 1999, University of New South Wales; Gama et al. 2004",
      downloads: [
        .init(
          .init(
            "electricity/electricity.zip", .sha256("67f1717e40fca99f4dea6aa88c3de6ce47256c352635c66e3fe111da065407e9")),
          from: ["https://maxhalford.github.io/files/datasets/electricity.zip"],
          members: [
            .init(
              "electricity/electricity.csv",
              .sha256("c10a416790ef8ab96089e5adfd2febb7c9cec72bd80dfecb2342f2283b86b88a"), bytes: 3_091_689)
          ],
          unpacking: "unzip -j electricity.zip '*electricity.csv'", isRepacked: true)
      ]),
    PublicDataSet(
      name: "bike-sharing", summary: "hourly and daily rentals 2011 and 2012: season and growth", task: .regression,
      size: "17,379 x 17", license: "CC BY 4.0", citation: "Fanaee-T, Gama 2013, doi:10.1007/s13748-013-0040-3",
      downloads: [
        uciArchive(
          "bike-sharing", "275/bike+sharing+dataset.zip",
          sha256: "b70182d0d0508e9abbb79306ce5c0cec34869000f8220175ac83d11dbe845401",
          members: [
            .init(
              "bike-sharing/hour.csv", .sha256("e03de4ee4ef4dc376ac6e04bf829673c6269e8eba5c60fa121640fa2f829504f"),
              bytes: 1_156_736),
            .init(
              "bike-sharing/day.csv", .sha256("a6bcf826782d3c0fbfdcbeead17cd0884185a0dafe8ff10cd48a874ee7ba18be"),
              bytes: 57_569),
          ])
      ]),
    PublicDataSet(
      name: "weather-noaa", summary: "50 years of daily weather in Nebraska, rain or not: slow and seasonal drift",
      task: .classification, size: "18,159 x 9",
      license: "data of the US government (NOAA); compiled by Elwell and Polikar",
      citation: "Elwell, Polikar 2011, IEEE Transactions on Neural Networks 22(10)",
      downloads: [
        file(
          "weather-noaa/weather.csv", sha256: "3c38f05bdc5c4cb115f122414c66976e3662c875d96d7199d9e47fc46aff150e",
          bytes: 772_138,
          from: "https://raw.githubusercontent.com/scikit-multiflow/streaming-datasets/master/weather.csv")
      ]),
    PublicDataSet(
      name: "air-quality", summary: "a gas multisensor in a street for 13 months: regression under sensor drift",
      task: .regression, size: "9,357 x 15",
      license: "CC BY 4.0, and on the page an older sentence: exclusively for research purposes",
      citation: "De Vito et al. 2008, Sensors and Actuators B 129; doi:10.24432/C59K5F",
      downloads: [
        uciArchive(
          "air-quality", "360/air+quality.zip",
          sha256: "d4a64013fb385288a8a48d9d193ca7079b2e1bbddf6f8d458feb8c08ab2b8a2a",
          members: [
            .init(
              "air-quality/AirQualityUCI.csv",
              .sha256("13277ae5d8581e80b7be09d47c7d3d06fe9b8e957078f2cf6e859f955e62f996"), bytes: 785_065)
          ])
      ]),
  ]

  private static func gasBatch(
    _ number: Int, _ checksum: PublicDataSet.Checksum, bytes: Int? = nil
  ) -> PublicDataSet.File {
    .init("gas-drift/batch\(number).dat", checksum, bytes: bytes)
  }
}
