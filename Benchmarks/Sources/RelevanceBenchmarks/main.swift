import Measuring
import Relevance

let table = MeasurementTable("Relevance")
