from .dataset import Dataset as Dataset
from .dataset import GraphName as GraphName
