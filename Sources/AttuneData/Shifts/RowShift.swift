/// A shift of whole rows: its `apply` sees all columns, a category as its code, and a missing value of either kind as NaN.
///
/// Which columns are which stands in the context's `numericColumns` and `levelCounts`. Other shifts see the columns of
/// numbers only.
public protocol RowShift: Shift {}
